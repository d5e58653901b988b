// docs/quickstart.md, followed to the letter: its commands are run and its page is opened.

import { spawn, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, test } from "./fixtures.mjs";
import { BUILT, ROOT, end, freePort, waitFor } from "./stage.mjs";

/** What is another here than on the reader's machine. */
const places = {};

/** A text of the page with the places of this test. */
function here(text) {
  return Object.entries(places).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), text);
}

/** The one line of the page that is typed in and begins so. */
function command(page, beginning) {
  const typed = [...page.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line);
  const [line, ...more] = typed.filter((line) => line.startsWith(beginning));
  expect(more, beginning).toEqual([]);
  return here(line);
}

test("the quickstart", async ({ page }) => {
  const text = await readFile(join(ROOT, "docs/quickstart.md"), "utf8");
  const home = await mkdtemp(join(tmpdir(), "posd-quickstart-"));
  const running = [];
  const run = (line) => {
    const child = spawn("sh", ["-c", `exec ${line}`], { cwd: home, stdio: ["ignore", "pipe", "ignore"] });
    running.push(child);
    return createInterface(child.stdout)[Symbol.asyncIterator]();
  };
  const type = (line) => execFileSync("sh", ["-c", line], { cwd: home, stdio: "pipe" });
  try {
    const port = await freePort();
    Object.assign(places, {
      "target/debug": BUILT,
      "src/page/assets": join(ROOT, "src/page/assets"),
      "127.0.0.1:8471": `127.0.0.1:${await freePort()}`,
      "http.server 3000": `http.server ${port}`,
      "localhost:3000": `localhost:${port}`,
    });
    const store = await run(command(text, "target/debug/hw-sim store")).next();
    const ready = JSON.parse(store.value);
    places["/tmp/hw-sim-store-Xq3b/posd.toml"] = ready.config;
    places["127.0.0.1:8481"] = ready.terminals[0].control;

    type(command(text, "mkdir"));
    type(command(text, "cp"));
    const [, html] = text.match(/^```html\n(.*?)^```/ms);
    await writeFile(join(home, "till/index.html"), here(html));
    run(command(text, "python3"));
    const address = here("http://localhost:3000");
    await waitFor("the web server", () => fetch(address).then((it) => it.ok, () => false));

    await page.goto(address);
    const state = page.locator("#state");
    const said = page.locator("#say");
    await expect(state).toHaveText("not_paired");
    const pairing = run(command(text, "target/debug/posd pair"));
    const code = (await pairing.next()).value.replace("code: ", "");
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Pair" }).click();
    await expect(state).toHaveText("connected");
    await expect(said).toHaveText(/^Paired as till-1; .*: [a-z]{6}$/);
    const word = (await said.textContent()).slice(-6);
    // The technician's window names it too.
    let shown = "";
    for await (const line of pairing) shown += line;
    expect(shown).toContain(word);

    const pay = page.getByRole("button", { name: "Pay" });
    await pay.click();
    await expect(said).toHaveText("Approved.");
    type(command(text, "curl 127.0.0.1:8481/hold"));
    await pay.click();
    await expect(said).toHaveText(/card/i);
    await page.reload();
    await expect(said).toHaveText(/card/i);
    type(command(text, "curl 127.0.0.1:8481/present"));
    await expect(said).toHaveText("Approved.");
    const books = await (await fetch(`${ready.processor}/books`)).json();
    const captured = books.authorizations.map((row) => row.captured_minor);
    expect(captured).toEqual([12_900, 12_900]);
  } finally {
    for (const child of running.reverse()) await end(child, "SIGINT");
    await rm(home, { recursive: true, force: true });
  }
});
