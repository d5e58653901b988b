// Makes the pictures of README and docs/counter.md, from a real station: `make pictures`.

import { join, resolve } from "node:path";

import { chromium } from "@playwright/test";

import { launchOptions } from "./playwright.config.mjs";
import { Stage } from "./stage.mjs";

const FOLDER = resolve(import.meta.dirname, "../../docs/pictures");
const DAY_MS = 24 * 60 * 60 * 1_000;

const store = await Stage.open();
const browser = await chromium.launch(launchOptions);
try {
  const context = await browser.newContext({
    viewport: { width: 1024, height: 640 }, locale: "en-GB", timezoneId: "Europe/Oslo",
  });
  const page = await context.newPage();
  const shoot = (name) => page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });

  for (const [id, days, lines] of [
    ["ORDER-1001", 20, { Armchair: 60_000, "Floor lamp": 20_000 }],
    ["ORDER-1002", 1, { Desk: 49_900 }],
  ]) {
    const total = Object.values(lines).reduce((sum, amount) => sum + amount);
    const order = await store.orderPaidOnline(id, [total], lines);
    order.customer_reference = "C-17";
    Object.assign(order.tenders[0], {
      masked_pan: "411111******1111", expires_at: new Date(Date.now() + days * DAY_MS).toISOString(),
    });
    await store.call("order.put", { order });
  }

  const code = await store.invite("counter", { origin: store.origin });
  await page.goto(`${store.origin}/counter#code=${code}`);
  await page.getByRole("button", { name: "The words are the same" }).click();
  await page.keyboard.type("ORDER-1001\n");
  await page.getByLabel("Floor lamp").uncheck();
  await page.getByText("NOK 600.00").nth(1).waitFor();
  await page.getByText("Needs attention").waitFor();
  await shoot("counter");

  await store.hold();
  await page.keyboard.press("F9");
  await page.getByText("Ask the customer to present the card").waitFor();
  await shoot("prompt");
  await store.present("visa-approve");
  await page.getByRole("button", { name: "Done" }).click();
  await store.hold(false);

  await store.fault("capture", "drop_answer", { count: 100 });
  await store.fault("inquire", "drop_answer", { count: 100 });
  await page.keyboard.press("F8");
  await page.getByText("It is not known yet").waitFor();
  await page.getByText("Times asked").waitFor();
  await shoot("doubt");
  await page.getByRole("button", { name: "Serve the next customer" }).click();

  await page.goto(`${store.origin}/till`);
  await page.getByRole("button", { name: "Deposit" }).click();
  await page.getByLabel("Order number").fill("ORDER-1003");
  await page.getByLabel("Item", { exact: true }).fill("Sofa");
  await page.getByLabel("Price").fill("9950");
  await page.getByLabel("Deposit now").fill("2000");
  await shoot("till");
} finally {
  await browser.close();
  await store.close();
}
