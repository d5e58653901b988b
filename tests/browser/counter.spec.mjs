// The pickup counter, by clicking. Numbers are those of docs/scenarios.md.

import { expect, test } from "./fixtures.mjs";
import { Counter } from "./pages.mjs";

/** Puts an order that was paid online, and opens the counter with it. */
async function fetchOrder(page, store, id, tenders = [80_000], lines = undefined) {
  const order = await store.orderPaidOnline(id, tenders, lines);
  await store.call("order.put", { order });
  const counter = await Counter.open(page, store);
  await counter.bring(id);
  return { counter, order };
}

/** Lets the authorization of an order end. */
async function expire(store, order) {
  await store.processor.post("/control/expire", { authorization: order.tenders[0].auth_token });
}

test("s01: an order that was paid online is handed over without a card", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-1");
  await expect(counter.beside("order.due")).toContainText("800.00");
  await expect(counter.beside("order.secured")).toContainText("800.00");
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(0);
  expect(await store.booked()).toMatchObject({ authorized: 80_000, captured: 80_000 });
  await counter.done();
  await expect(counter.page.getByText(counter.say("order.complete"))).toBeVisible();
});

test("s15: several tenders pay in their sequence, by one button", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-15", [30_000, 60_000, 20_000]);
  await expect(counter.beside("order.secured")).toContainText("1,100.00");
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
  const captured = async (at) =>
    (await store.call("payment.get", { payment_id: `O-15/${at}` })).captured_minor;
  expect([await captured(0), await captured(1), await captured(2)]).toEqual([30_000, 50_000, 0]);
});

test("s16: another card pays now, and the order's own the next time", async ({ page, store }) => {
  const lines = { Chair: 50_000, Lamp: 30_000 };
  const { counter } = await fetchOrder(page, store, "O-16", [80_000], lines);
  await page.getByRole("checkbox", { name: "Lamp" }).uncheck();
  await expect(counter.beside("order.due")).toContainText("500.00");
  await store.hold();
  await counter.button("order.other").click();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await store.present("mc-approve");
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(1);
  await counter.done();

  await expect(counter.beside("order.due")).toContainText("300.00");
  await expect(counter.beside("order.secured")).toContainText("800.00");
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(1);
  expect(await store.booked()).toMatchObject({ authorized: 130_000, captured: 80_000, voided: 50_000 });
});

test("s17: an authorization that has ended is made anew, and nobody notices", async ({ page, store }) => {
  const { counter, order } = await fetchOrder(page, store, "O-17");
  await expire(store, order);
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(0);
  expect(await store.booked()).toMatchObject({ authorized: 160_000, captured: 80_000 });
});

test("s18: it is not made anew, so a card at the terminal pays", async ({ page, store }) => {
  const { counter, order } = await fetchOrder(page, store, "O-18");
  await expire(store, order);
  const decline = { on: "authorize", decline: "insufficient_funds" };
  await store.processor.post("/control/decline", decline);
  await counter.button("order.available").click();
  await expect(counter.outcome).toContainText("card at the terminal");
  await expect(counter.dialog).toContainText(counter.say("next.take_balance"));
  await expect(counter.beside("amount.balance_due", counter.dialog)).toContainText("800.00");
  expect((await store.booked()).captured).toBe(0);
  // What to do next is the next button.
  await counter.dialog.getByRole("button", { name: counter.say("order.other") }).click();
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(1);
  expect((await store.booked()).captured).toBe(80_000);
});

test.describe("while the processor is away", () => {
  const offline = (capture_minor) => `[offline]
retry_first_ms = 100
[[offline.limit]]
currency = "NOK"
capture_minor = ${capture_minor}
total_minor = 100000
`;

  test.describe("and the limits allow it", () => {
    test.use({ storeOptions: { config: offline(100_000) } });
    test("s24: the goods go, and the money follows", async ({ page, store }) => {
      const { counter } = await fetchOrder(page, store, "O-24");
      await store.gate.close();
      await counter.button("order.available").click();
      await expect(counter.beside("amount.queued", counter.dialog)).toContainText("800.00");
      await counter.done();
      await expect(page.getByText(counter.say("order.complete"))).toBeVisible();
      const work = page.getByText(counter.say("work.queued"));
      await expect(work).toBeVisible();
      expect((await store.booked()).captured).toBe(0);
      await store.gate.reopen();
      await expect(work).toBeHidden();
      expect((await store.booked()).captured).toBe(80_000);
    });
  });

  test.describe("and the limits do not", () => {
    test.use({ storeOptions: { config: offline(50_000) } });
    test("s24: the goods stay", async ({ page, store }) => {
      const { counter } = await fetchOrder(page, store, "O-24");
      await store.gate.close();
      await counter.button("order.available").click();
      await expect(counter.outcome).not.toHaveText("Approved.");
      await expect(counter.outcome).toBeVisible();
      await counter.dialog.getByRole("button").last().press("Escape");
      const order = await store.call("order.get", { order_id: "O-24" });
      expect(order.lines[0].state).toBe("open");
    });
  });
});

test.describe("when the money does not come", () => {
  const config = `[offline]
retry_first_ms = 100
retry_for_s = 1
[[offline.limit]]
currency = "NOK"
capture_minor = 100000
total_minor = 100000
`;
  test.use({ storeOptions: { config } });

  /** The goods are gone, and the processor stays away for too long. */
  async function unpaid(page, store, role) {
    await store.call("order.put", { order: await store.orderPaidOnline("O-25", [80_000]) });
    const counter = await Counter.open(page, store, { role });
    await counter.bring("O-25");
    await store.gate.close();
    await counter.button("order.available").click();
    await counter.done();
    const work = page.getByText(counter.say("work.capture_failed"));
    await expect(work).toBeVisible();
    await store.gate.reopen();
    await work.click();
    await expect(page.getByText(counter.say("order.missing"))).toBeVisible();
    await expect(counter.beside("order.due")).toContainText("800.00");
    return { counter, work };
  }

  test("s25: it is taken when the customer comes back", async ({ page, store }) => {
    const { counter, work } = await unpaid(page, store, "cashier");
    await expect(counter.button("order.write_off")).toBeHidden();
    await counter.button("order.other").click();
    await expect(counter.outcome).toHaveText("Approved.");
    await counter.done();
    await expect(page.getByText(counter.say("order.complete"))).toBeVisible();
    await expect(work).toBeHidden();
    expect(await store.booked()).toMatchObject({ authorized: 160_000, captured: 80_000, voided: 80_000 });
  });

  test("s25: a supervisor writes it off", async ({ page, store }) => {
    const { counter, work } = await unpaid(page, store, "supervisor");
    await page.getByText(counter.say("doubt.supervisor")).click();
    await page.getByLabel(counter.say("doubt.reason")).fill("bank transfer, says the office");
    await counter.button("order.write_off").click();
    await expect(page.getByText(counter.say("order.complete"))).toBeVisible();
    await expect(work).toBeHidden();
    expect((await store.booked()).captured).toBe(0);
  });
});

test("s36: the cable is pulled; nobody knows, and then it is known", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-36");
  await store.hold();
  await counter.button("order.other").click();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await store.terminal.post("/unplug", { ms: 60_000 });
  await expect(counter.dialog).toContainText(counter.say("doubt.explain"), { timeout: 120_000 });
  await expect(page.getByText(/till-1/).first()).toBeVisible();
  // The next customer is served meanwhile.
  await counter.button("doubt.later").click();
  await expect(counter.dialog).toBeHidden();
  await expect(page.getByRole("button", { name: counter.say("doubt.show") })).toBeVisible();
  await store.terminal.post("/unplug", { ms: 0 });
  await expect(counter.outcome).toBeVisible({ timeout: 120_000 });
  const health = await store.call("station.health");
  expect(health.in_doubt).toEqual([]);
  const order = await store.call("order.get", { order_id: "O-36" });
  const isPaid = order.lines[0].state === "fulfilled";
  expect((await store.booked()).captured).toBe(isPaid ? 80_000 : 0);
});

test("s37: a page that is reloaded in mid-payment goes on with it", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-37");
  await store.hold();
  await counter.button("order.other").click();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await page.reload();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await store.present("visa-approve");
  await expect(counter.outcome).toHaveText("Approved.");
  expect(await store.presentations()).toBe(1);
  expect((await store.booked()).captured).toBe(80_000);
  await counter.done();
});

test("a page in mid-payment says that the station is away", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-38");
  await store.hold();
  await counter.button("order.other").click();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await store.stop("SIGKILL");
  await expect(counter.dialog.getByText(counter.say("state.not_running"))).toBeVisible();
  await store.start();
  await expect(counter.dialog.getByText(counter.say("state.not_running"))).toBeHidden();
});

test("a payment is stopped", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-41");
  await store.hold();
  await counter.button("order.other").click();
  await expect(counter.prompt).toHaveText(counter.say("prompt.present_card"));
  await counter.button("payment.stop").click();
  await expect(counter.outcome).toHaveText("The payment was cancelled.");
  expect((await store.booked()).captured).toBe(0);
});

test("the page says that the station is away, and asks nothing meanwhile", async ({ page, store }) => {
  const { counter } = await fetchOrder(page, store, "O-1");
  await store.stop();
  await expect(page.getByText(counter.say("state.not_running"))).toBeVisible();
  await expect(page.getByRole("main")).toHaveAttribute("inert");
  await store.start();
  await expect(page.getByText(counter.say("state.not_running"))).toBeHidden();
  await counter.button("order.available").click();
  await expect(counter.outcome).toHaveText("Approved.");
});

test("by keyboard and scanner alone", async ({ page, store }) => {
  const lines = { Chair: 50_000, Lamp: 30_000 };
  await store.call("order.put", { order: await store.orderPaidOnline("O-7", [80_000], lines) });
  const counter = await Counter.open(page, store);
  // A scanner types, wherever the focus is, and ends with Enter; some do so twice.
  await page.locator("body").click({ position: { x: 2, y: 300 } });
  await page.keyboard.type("O-7");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(counter.beside("order.due")).toContainText("800.00");
  await expect(counter.dialog).toBeHidden();
  // To the lines, one of them left out; then the key of the first button.
  const lamp = page.getByRole("checkbox", { name: "Lamp" });
  for (let at = 0; at < 20; at += 1) {
    if (await lamp.evaluate((it) => it === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Space");
  await expect(counter.beside("order.due")).toContainText("500.00");
  await page.keyboard.press("F8");
  await expect(counter.outcome).toHaveText("Approved.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Escape");
  // The focus is on what there is to do, so Enter does it.
  await page.keyboard.press("Enter");
  await expect(counter.dialog).toBeHidden();
  await expect(counter.beside("order.due")).toContainText("300.00");
  expect((await store.booked()).captured).toBe(50_000);
});

test("what was asked for last stays on the screen, whatever is answered late", async ({ page, store }) => {
  for (const id of ["O-1", "O-2"]) await store.call("order.put", { order: await store.orderPaidOnline(id, [80_000]) });
  const late = await holdAnswers(page, ({ method, params }) => method === "order.get" && params.order_id === "O-1");
  const counter = await Counter.open(page, store);
  await counter.find("O-1");
  await late.held;
  await counter.bring("O-2");
  late.release();
  // Answered after what was late, over the same connection.
  await page.getByRole("checkbox", { name: "Chair" }).uncheck();
  await page.getByRole("checkbox", { name: "Chair" }).check();
  await expect(counter.beside("order.due")).toContainText("800.00");
  await expect(page.getByRole("heading", { name: "O-2" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "O-1" })).toBeHidden();
});

test("news of the order leave the focus where it is", async ({ page, store }) => {
  const { counter, order } = await fetchOrder(page, store, "O-7", [80_000], { Chair: 50_000, Lamp: 30_000 });
  await page.getByRole("checkbox", { name: "Lamp" }).focus();
  order.lines[1].description = "Floor lamp";
  await store.call("order.put", { order: { ...order, version: 2 } });
  await expect(page.getByRole("checkbox", { name: "Floor lamp" })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(counter.beside("order.due")).toContainText("500.00");
});

/** Keeps the first answer to a call, between the station and the page, until it is released. */
async function holdAnswers(page, isMeant) {
  let tell;
  const held = new Promise((resolve) => (tell = resolve));
  const late = { held };
  await page.routeWebSocket(/./, (socket) => {
    const station = socket.connectToServer();
    let wanted;
    socket.onMessage((message) => {
      const call = JSON.parse(message);
      if (late.release === undefined && isMeant(call)) wanted ??= call.id;
      station.send(message);
    });
    station.onMessage((message) => {
      const { id } = JSON.parse(message);
      if (id === undefined || id !== wanted || late.release !== undefined) return socket.send(message);
      late.release = () => socket.send(message);
      tell();
    });
  });
  return late;
}
