// Debian's Chromium, without a window. Nothing is tried twice: what fails now and then is a fault.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { defineConfig } from "@playwright/test";

const ROOT = resolve(import.meta.dirname, "../..");
const OUTPUT = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "browser");

/** Chromium, and what the tests of the browser's own permissions need beside it. */
export const launchOptions = {
  executablePath: ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync),
  // A sandbox cannot be set up by root in a container.
  chromiumSandbox: process.getuid() !== 0,
  args: [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-pings",
    // Nothing is looked up: whoever asks for another machine asks in vain.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
};

export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: "*.spec.mjs",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 180_000,
  globalTimeout: 15 * 60_000,
  expect: { timeout: 30_000 },
  outputDir: join(OUTPUT, "results"),
  reporter: [["list"], ["./reporter.mjs"]],
  use: {
    browserName: "chromium",
    headless: true,
    launchOptions,
    locale: "en-GB",
    timezoneId: "Europe/Oslo",
    viewport: { width: 1024, height: 768 },
    screenshot: "only-on-failure",
    trace: "off",
  },
  metadata: { screenshots: join(OUTPUT, "screenshots") },
});
