// The face of the simulated terminal, and the way from a deposit to the goods with three pages.

import { expect, test } from "./fixtures.mjs";
import { look } from "./look.mjs";
import { Counter, Till } from "./pages.mjs";

/** The simulated terminal, which waits for a hand. */
class Terminal {
  static async open(page, store) {
    const terminal = new Terminal();
    terminal.page = page;
    await page.goto(store.terminal.url);
    // Not `check`: the box shows what the terminal said last, which may be a moment old.
    await page.getByLabel(/Wait for a hand/).click();
    await expect.poll(async () => (await store.terminal.get("/state")).hold).toBe(true);
    return terminal;
  }

  get display() {
    return this.page.getByRole("status", { name: "Display" });
  }

  async present(card, how) {
    await expect(this.display).toContainText(/card/i);
    const chosen = this.page.getByRole("radio", { name: card });
    await chosen.click();
    await this.button(how).click();
  }

  async type(keys) {
    const keypad = this.page.getByRole("group", { name: "Keypad" });
    for (const key of keys) await keypad.getByRole("button", { name: key, exact: true }).click();
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }
}

test("a deposit with a tap on the drawn terminal, and the goods at the counter", async ({ context, page, store }) => {
  const terminal = await Terminal.open(page, store);
  const till = await Till.open(await context.newPage(), store);
  await till.enterDeposit("ORDER-1001", [["Armchair", "600"], ["Lamp", "400"]], "200");
  await till.button("till.take_deposit").click();
  await expect(till.prompt).toHaveText(till.say("prompt.present_card"));
  await terminal.present("visa-approve", "Tap");
  await expect(till.outcome).toHaveText("Approved.");
  await expect(till.beside("amount.captured", till.dialog)).toContainText("200.00");
  await expect(till.beside("amount.secured", till.dialog)).toContainText("800.00");
  await till.done();

  const counter = await Counter.open(await context.newPage(), store, { isPaired: true });
  await counter.bring("ORDER-1001");
  await expect(counter.beside("order.due")).toContainText("800.00");
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
  await counter.done();
  await expect(counter.page.getByText(counter.say("order.complete"))).toBeVisible();
  expect(await store.presentations()).toBe(1);
  expect(await store.booked()).toMatchObject({ authorized: 100_000, captured: 100_000 });
  // The processor's books, as the technician sees them.
  const books = terminal.page.getByRole("region", { name: /books/ });
  await expect(books).toContainText("captured NOK 1,000.00");
});

test("a card is inserted and its PIN typed", async ({ context, page, store }) => {
  const terminal = await Terminal.open(page, store);
  const till = await Till.open(await context.newPage(), store);
  await till.enterSale("129");
  await till.button("till.take_sale").click();
  await terminal.present("mc-approve", "Insert");
  await expect(till.prompt).toHaveText(till.say("prompt.enter_pin"));
  await terminal.type(["1", "2", "3", "4", "OK"]);
  await expect(till.outcome).toHaveText("Approved.");
  expect((await store.booked()).captured).toBe(12_900);
});

test("the customer changes their mind", async ({ context, page, store }) => {
  const terminal = await Terminal.open(page, store);
  const till = await Till.open(await context.newPage(), store);
  await till.enterSale("129");
  await till.button("till.take_sale").click();
  await expect(terminal.display).toContainText(/card/i);
  await terminal.button("Cancel").click();
  await expect(till.outcome).toContainText("cancelled");
  expect((await store.booked()).captured).toBe(0);
});

test("s36: the cable is pulled by hand, and put back", async ({ context, page, store }) => {
  const terminal = await Terminal.open(page, store);
  const till = await Till.open(await context.newPage(), store);
  await terminal.button("Pull the cable").click();
  const warning = till.say("notice.terminal").replace("{terminal}", "till-1");
  await expect(till.page.getByText(warning)).toBeVisible();
  await terminal.button("Plug the cable in").click();
  await expect(till.page.getByText(warning)).toBeHidden();
  await till.enterSale("129");
  await till.button("till.take_sale").click();
  await terminal.present("visa-approve", "Swipe");
  await expect(till.outcome).toHaveText("Approved.");
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 1280, height: 900 } });
    test("the terminal's face", async ({ page, store }, info) => {
      const terminal = await Terminal.open(page, store);
      const asked = store.call("payment.sale", { idempotency_key: "k-1", amount_minor: 12_900, currency: "NOK" });
      await expect(terminal.display).toContainText(/card/i);
      await look(page, info, `terminal-${colorScheme}`);
      await terminal.present("visa-approve", "Tap");
      expect((await asked).outcome).toBe("approved");
      await expect(page.getByRole("region", { name: /books/ })).toContainText("NOK 129.00");
      await look(page, info, `terminal-after-${colorScheme}`);
    });
  });
}
