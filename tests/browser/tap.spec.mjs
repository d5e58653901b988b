// Tap to find the order: what the reader's helper tells, on the cashier's screen. What it reads of real cards
// stands in docs/nfc.md; here it is a script that says what it is given.

import { chmod, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test as base } from "./fixtures.mjs";
import { Counter } from "./pages.mjs";

const test = base.extend({
  reader: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), "posd-reader-"));
    const helper = join(home, "helper");
    const said = join(home, "said");
    await writeFile(helper, `#!/bin/sh
echo '{"said":"ready","name":"script"}'
while sleep 0.1; do
  if mv '${said}' '${said}.now' 2>/dev/null; then cat '${said}.now'; fi
  echo '{"said":"alive"}'
done
`);
    await chmod(helper, 0o755);
    const tap = async (medium) => {
      const media = [{ pays: false, interrupted: false, ...medium }];
      await writeFile(`${said}.new`, `${JSON.stringify({ said: "tapped", media })}\n`);
      await rename(`${said}.new`, said);
    };
    await use({ helper, tap });
    await rm(home, { recursive: true, force: true });
  },
  storeOptions: async ({ reader }, use) => {
    await use({ config: `[[reader]]\nid = "counter"\nconnection = "pn53x_usb"\nhelper = "${reader.helper}"\n` });
  },
});

test("s47: the order is on the screen when the customer taps", async ({ page, store, reader }) => {
  for (const [id, tags] of [["O-1", ["SLIP-1"]], ["O-2", ["SLIP-2"]]]) {
    const order = { ...(await store.orderPaidOnline(id, [80_000])), tags };
    await store.call("order.put", { order });
  }
  const counter = await Counter.open(page, store);
  await expect(page.getByRole("heading", { name: counter.say("tap.here") })).toBeVisible();

  await reader.tap({ uid: "04A2B3C4D5E680", texts: ["SLIP-2"] });
  await expect(page.getByRole("heading", { name: "O-2" })).toBeVisible();
  await reader.tap({ uid: "04A2B3C4D5E681", texts: ["SLIP-9"] });
  await expect(page.getByText(counter.say("tap.nothing"))).toBeVisible();
  await expect(page.getByRole("heading", { name: "O-2" })).toBeHidden();
  await reader.tap({});
  await expect(page.getByText(counter.say("tap.unknown_phone"))).toBeVisible();
  await reader.tap({ uid: "04A2B3C4D5E682", interrupted: true });
  await expect(page.getByText(counter.say("tap.interrupted"))).toBeVisible();
  await reader.tap({ uid: "04A2B3C4D5E683", texts: ["SLIP-1"] });
  await expect(page.getByRole("heading", { name: "O-1" })).toBeVisible();
});
