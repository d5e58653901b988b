// The till, by clicking; and from a deposit there to the goods at the counter.

import { expect, test } from "./fixtures.mjs";
import { Till } from "./pages.mjs";

test("a sale, and its money given back", async ({ page, store }) => {
  const till = await Till.open(page, store);
  await till.enterSale("129,00");
  await till.button("till.take_sale").click();
  await expect(till.outcome).toHaveText("Approved.");
  await expect(till.beside("amount.captured", till.dialog)).toContainText("129.00");
  expect((await store.booked()).captured).toBe(12_900);
  await till.done();

  await till.tab("till.back");
  await page.getByRole("button", { name: /129\.00/ }).click();
  await till.button("till.refund").click();
  await expect(till.outcome).toHaveText("Approved.");
  expect((await store.booked()).refunded).toBe(12_900);
});

test("a page that is reloaded knows the amount", async ({ page, store }) => {
  await store.hold();
  const till = await Till.open(page, store);
  await till.enterSale("129,00");
  await till.button("till.take_sale").click();
  await expect(till.prompt).toHaveText(till.say("prompt.present_card"));
  await page.reload();
  await expect(till.dialog).toContainText("129.00");
  await store.present();
  await expect(till.outcome).toHaveText("Approved.");
});

test("a card that is declined, and another one", async ({ page, store }) => {
  await store.card("insufficient-funds");
  const till = await Till.open(page, store);
  await till.enterSale("50");
  await till.button("till.take_sale").click();
  await expect(till.outcome).toContainText("not enough money");
  await expect(till.dialog).toContainText(till.say("next.other_card"));
  await store.card("visa-approve");
  await till.button("payment.again").click();
  await expect(till.outcome).toHaveText("Approved.");
  expect((await store.booked()).captured).toBe(5_000);
});

for (const [currency, typed, shown, minor] of [["HUF", "1290", "1,290.00", 129_000], ["KWD", "1,234", "1.234", 1_234], ["JPY", "129", "129", 129]]) {
  test.describe(`at a terminal that takes ${currency}`, () => {
    test.use({ storeOptions: { currency } });

    test("an amount is counted as that currency is", async ({ page, store }) => {
      const till = await Till.open(page, store);
      await expect(till.field("till.currency")).toHaveText(currency);
      await till.enterSale(typed);
      await till.button("till.take_sale").click();
      await expect(till.outcome).toHaveText("Approved.");
      await expect(till.beside("amount.captured", till.dialog)).toHaveText(new RegExp(`^${currency}\\s${shown}$`));
      expect((await store.booked()).captured).toBe(minor);
      await page.goto(store.terminal.url);
      await expect(page.getByRole("region", { name: /books/ })).toContainText(`captured ${currency} ${shown}`);
    });
  });
}

test.describe("where a card gives no token and the terminal cannot hold money", () => {
  test.use({ storeOptions: { till: "pre_authorization = false" } });

  test("s10: it pays the deposit, and a second card secures the rest", async ({ page, store }) => {
    await store.card("no-token");
    const till = await Till.open(page, store);
    await till.enterDeposit("O-10", [["Armchair", "600"], ["Lamp", "400"]], "200");
    await till.button("till.take_deposit").click();
    await expect(till.beside("amount.captured", till.dialog)).toContainText("200.00");
    await store.card("mc-approve");
    await till.button("till.second_card").click();
    await expect(till.outcome).toHaveText("Approved.");
    await expect(till.beside("amount.secured", till.dialog)).toContainText("800.00");
    expect(await store.presentations()).toBe(2);
    expect((await store.booked()).captured - (await store.booked()).refunded).toBe(20_000);
    const quote = await store.call("pickup.quote", { order_id: "O-10" });
    expect([quote.due_minor, quote.secured_minor]).toEqual([80_000, 80_000]);
  });
});
