// The station's own pages as those see them who use them: by what stands there and what it is called.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { ROOT } from "./stage.mjs";

export const LANGUAGES = ["en", "nb", "da", "sv", "lt", "de"];

/** The sentences of the pages in a language. */
async function texts(language) {
  return JSON.parse(await readFile(join(ROOT, "src/page/assets/texts", `${language}.json`), "utf8"));
}

/** What both pages have. */
class Shown {
  /** Opens the page, and pairs it: once in a browser, for both. */
  static async open(page, store, { role = "cashier", language = "en", isPaired = false } = {}) {
    const shown = new this();
    Object.assign(shown, { page, store, language, texts: await texts(language) });
    const code = isPaired ? "" : await store.invite(this.path, { role, origin: store.origin });
    await page.goto(`${store.origin}/${this.path}`);
    if (language !== "en") {
      await page.getByRole("banner").getByRole("combobox").selectOption(language);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
    }
    if (isPaired) return shown;
    await page.getByLabel(shown.say("pair.code")).fill(code);
    await page.getByRole("button", { name: shown.say("pair.enter") }).click();
    await page.getByRole("button", { name: shown.say("pair.seen") }).click();
    return shown;
  }

  /** A sentence of the page. */
  say(key) {
    const text = this.texts[key];
    if (text === undefined) throw new Error(`the page has no text ${key}`);
    return text;
  }

  button(key) {
    return this.page.getByRole("button", { name: this.say(key) });
  }

  /** The value beside a name. */
  beside(key, within = this.page) {
    const name = within.locator("dt").filter({ hasText: this.say(key) });
    return name.first().locator("xpath=following-sibling::dd[1]");
  }

  get dialog() {
    return this.page.getByRole("dialog");
  }

  /** How it ended, or that nobody knows yet. */
  get outcome() {
    return this.dialog.getByRole("alert");
  }

  get prompt() {
    return this.dialog.getByRole("status");
  }

  async done() {
    await this.button("payment.done").click();
    await expect(this.dialog).toBeHidden();
  }
}

/** The pickup counter. */
export class Counter extends Shown {
  static path = "counter";

  get field() {
    return this.page.getByRole("searchbox");
  }

  async find(text) {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** Finds an order that is the only one of its name, and waits until it stands there. */
  async bring(order) {
    await this.find(order);
    await expect(this.page.getByRole("heading", { name: order })).toBeVisible();
    await expect(this.beside("order.due")).toBeVisible();
  }
}

/** The till. */
export class Till extends Shown {
  static path = "till";

  async tab(key) {
    await this.page.getByRole("navigation", { name: this.say("till.tabs") }).getByText(this.say(key)).click();
  }

  field(key) {
    return this.page.getByLabel(this.say(key), { exact: true });
  }

  async enterSale(amount) {
    await this.field("till.amount").fill(amount);
  }

  /** An order with these lines, `[name, price]`, and what is paid of it now. */
  async enterDeposit(order, lines, deposit) {
    await this.tab("till.deposit");
    await this.field("till.order").fill(order);
    for (const [at, [name, price]] of lines.entries()) {
      if (at > 0) await this.button("till.add_item").click();
      await this.field("till.item").nth(at).fill(name);
      await this.field("till.price").nth(at).fill(price);
    }
    await this.field("till.deposit_amount").fill(deposit);
  }
}
