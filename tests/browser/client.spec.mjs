// The client in a browser, against a real station.

import { chromium } from "@playwright/test";

import { expect, test } from "./fixtures.mjs";
import { launchOptions } from "./playwright.config.mjs";

const SALE = { amount_minor: 12_900, currency: "NOK" };

const standing = (page) => page.getByRole("status", { name: "station" });
const prompted = (page, times) =>
  expect.poll(() => page.evaluate(() => events.filter((it) => it.prompt === "present_card").length))
    .toBe(times);

/** The page of an app that has paired. */
async function open(page, store, app) {
  const code = await store.invite("till-1", { origin: app.origin });
  await page.goto(`${app.origin}/?station=${store.url}`);
  await expect(standing(page)).toHaveText("not_paired");
  await page.evaluate((code) => station.pair(code), code);
  await expect(standing(page)).toHaveText("connected");
}

test("a page that is reloaded in mid-payment finds its payment again", async ({ page, store, app }) => {
  await open(page, store, app);
  await store.hold();
  await page.evaluate((sale) => void station.call("payment.sale", sale).catch(() => {}), SALE);
  await prompted(page, 1);

  await page.reload();
  await expect(standing(page)).toHaveText("connected");
  // What was said at the terminal before is said again to the page that comes after.
  await prompted(page, 1);
  const answer = page.evaluate(async () => {
    const [intent] = await station.pending();
    return station.resume(intent);
  });
  await store.present("visa-approve");
  expect(await answer).toMatchObject({ outcome: "approved", captured_minor: 12_900 });
  expect(await page.evaluate(() => station.pending())).toEqual([]);
  expect(await store.presentations()).toBe(1);
  expect((await store.booked()).captured).toBe(12_900);

  // Also when its end came while there was no page.
  await store.hold();
  await page.evaluate((sale) => void station.call("payment.sale", sale).catch(() => {}), SALE);
  await prompted(page, 2);
  await page.goto("about:blank");
  await store.present("visa-approve");
  await expect.poll(async () => (await store.booked()).captured).toBe(25_800);
  await page.goto(`${app.origin}/?station=${store.url}`);
  await expect(standing(page)).toHaveText("connected");
  const found = await page.evaluate(async () => {
    const [intent] = await station.pending();
    return station.ended(intent);
  });
  expect(found.outcome).toBe("approved");
  expect(await store.presentations()).toBe(2);
});

test("a page sees its station go and come back, and misses no event", async ({ page, store, app }) => {
  await open(page, store, app);
  await store.stop();
  await expect(standing(page)).toHaveText("not_running");
  await store.start();
  const other = await store.call("payment.sale", { ...SALE, idempotency_key: "k-1" });
  expect(other.outcome).toBe("approved");
  await expect(standing(page)).toHaveText("connected");
  await expect.poll(() => page.evaluate(() => events.at(-1)?.event)).toBe("operation_finished");
  const seqs = await page.evaluate(() => events.map((event) => event.seq));
  expect(seqs).toEqual(seqs.map((_, at) => seqs[0] + at));
});

test("a page that nobody has invited is not paired, until it is", async ({ page, store, app }) => {
  await page.goto(`${app.origin}/?station=${store.url}`);
  await expect(standing(page)).toHaveText("not_paired");
  const refused = await page.evaluate(() => station.pair("0000-0000").catch((error) => error.code));
  expect(refused).toBe("not_connected");
  const code = await store.invite("till-1", { origin: app.origin });
  await page.evaluate((code) => station.pair(code), code);
  await expect(standing(page)).toHaveText("connected");
});

test("an app that has no key any more is not paired", async ({ page, store, app }) => {
  await open(page, store, app);
  await page.evaluate(() => station.unpair());
  await expect(standing(page)).toHaveText("not_paired");
});

test.describe("a page of a public site", () => {
  /** Such a page, before the browser has been told anything. */
  async function visit(app) {
    const origin = `http://pos.example:${app.port}`;
    const browser = await chromium.launch({
      ...launchOptions,
      args: [
        ...launchOptions.args,
        "--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        `--ip-address-space-overrides=127.0.0.1:${app.port}=public`,
        `--unsafely-treat-insecure-origin-as-secure=${origin}`,
      ],
    });
    const page = await browser.newPage();
    const { targetInfo } = await (await page.context().newCDPSession(page)).send("Target.getTargetInfo");
    const { browserContextId } = targetInfo;
    const devtools = await browser.newBrowserCDPSession();
    const permission = { name: "loopback-network" };
    /** What the person in front of the browser says when it asks. */
    const answer = (setting) =>
      devtools.send("Browser.setPermission", { permission, setting, origin, browserContextId });
    return { browser, page, origin, answer };
  }

  test("says that the browser was told not to let it", async ({ store, app }) => {
    const { browser, page, origin, answer } = await visit(app);
    await store.invite("till-1", { origin });
    await answer("denied");
    await page.goto(`${origin}/?station=${store.url}`);
    await expect(standing(page)).toHaveText("permission_denied");
    await answer("granted");
    await expect(standing(page)).toHaveText("not_paired");
    await browser.close();
  });

  test("says that its frame was not given the permission", async ({ store, app }) => {
    const { browser, page, origin, answer } = await visit(app);
    await store.invite("till-1", { origin });
    await answer("granted");
    const framed = encodeURIComponent(`${origin}/?station=${store.url}`);
    await page.goto(`http://shop.example:${app.port}/?frame=${framed}`);
    await expect(standing(page.frameLocator("iframe"))).toHaveText("frame_not_delegated");
    await browser.close();
  });
});
