// Looks at a page: a picture in the target directory, and what is in the way of people with other eyes.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { expect } from "@playwright/test";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What stands in the way of whoever sees or hears the page differently, by WCAG at level AA. */
export async function obstacles(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}

/** Takes a picture of what is on the screen, and looks for what is wrong with it. */
export async function look(page, info, name) {
  const path = join(info.config.metadata.screenshots, `${name}.png`);
  await page.screenshot({ path, animations: "disabled" });
  expect(await obstacles(page), name).toEqual([]);
  // Nothing is wider than the screen: nobody scrolls sideways with a customer waiting.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, name).toBeLessThanOrEqual(0);
}
