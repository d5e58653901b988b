// How the pages look, and to whom: contrast, names for screen readers, small screens, six languages.
// What is seen is kept as pictures in the target directory.

import { expect, test } from "./fixtures.mjs";
import { look, obstacles } from "./look.mjs";
import { Counter, LANGUAGES, Till } from "./pages.mjs";

const SIZES = { till: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } };

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(`${colorScheme}, ${size}`, () => {
      test.use({ colorScheme, viewport });

      test("the counter", async ({ page, store }, info) => {
        const lines = { Armchair: 60_000, "Lamp with a shade of linen": 20_000 };
        const order = await store.orderPaidOnline("O-1001", [80_000], lines);
        await store.call("order.put", { order });
        const counter = await Counter.open(page, store);
        const named = (what) => `counter-${what}-${colorScheme}-${size}`;
        await look(page, info, named("empty"));
        await counter.bring("O-1001");
        await look(page, info, named("order"));
        const long = "ORDER-1234567890-ABCDEFGHIJKLMNOP-WITHOUT-AN-END";
        const sku = { "كرسي 🪑 SKU_ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ": 999_999_999 };
        await store.call("order.put", { order: await store.orderPaidOnline(long, [1_000], sku) });
        await page.keyboard.press("F2");
        await counter.bring(long);
        await look(page, info, named("long"));
        await page.keyboard.press("F2");
        await counter.bring("O-1001");
        await store.hold();
        await counter.button("order.other").click();
        await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
        await look(page, info, named("prompt"));
        await store.present("insufficient-funds");
        await expect(counter.outcome).toBeVisible();
        await look(page, info, named("declined"));
        await counter.done();
        await counter.button("order.available").click();
        await expect(counter.outcome).toHaveText("Approved.");
        await look(page, info, named("approved"));
        await counter.done();
        await store.stop();
        await expect(page.getByText(counter.say("state.not_running"))).toBeVisible();
        await look(page, info, named("away"));
      });

      test("the till", async ({ page, store }, info) => {
        const till = await Till.open(page, store);
        const named = (what) => `till-${what}-${colorScheme}-${size}`;
        await till.enterSale("129,00");
        await look(page, info, named("sale"));
        await till.enterDeposit("O-1002", [["Armchair", "600"]], "200");
        await look(page, info, named("deposit"));
      });
    });
  }
}

test("what cannot be read or named is found", async ({ page }) => {
  await page.setContent('<title>Pale</title><p style="color:#bbb;background:#fff">pale</p><input>');
  const found = (await obstacles(page)).map((obstacle) => obstacle.split(":")[0]);
  expect(found.sort()).toEqual(["color-contrast", "html-has-lang", "label"]);
});

test("who has not paired yet is told how", async ({ page, store }, info) => {
  await page.goto(`${store.origin}/counter`);
  await expect(page.getByText("posd pair")).toBeVisible();
  await look(page, info, "counter-pair");
});

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ viewport: SIZES.phone });
    test("is spoken from beginning to end", async ({ page, store }, info) => {
      const order = await store.orderPaidOnline("O-1001", [80_000]);
      await store.call("order.put", { order });
      const counter = await Counter.open(page, store, { language });
      await counter.bring("O-1001");
      await look(page, info, `counter-order-${language}`);
      await store.card("insufficient-funds");
      await counter.button("order.other").click();
      await expect(counter.outcome).toBeVisible();
      await look(page, info, `counter-declined-${language}`);
      // Nothing is left that nobody has put into words.
      const words = await page.locator("body").innerText();
      expect(words).not.toMatch(/\b[a-z]+\.[a-z_]+\b|\{\w+\}|undefined|NaN|\[object/);
    });
  });
}

test("the pages ask nobody but their station", async ({ page, store }) => {
  const asked = new Set();
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  const counter = await Counter.open(page, store);
  await counter.find("nobody");
  await expect(page.getByText(counter.say("find.nothing"))).toBeVisible();
  expect([...asked]).toEqual([store.origin]);
  expect(faults).toEqual([]);
});
