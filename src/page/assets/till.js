// The till: take a sale or a deposit, and give money back or release it by hand.

import { Payments } from "/payment.js";
import { open } from "/shell.js";
import { h, icon, memory, minorOf } from "/ui.js";

open("till", (shell) => new Till(shell).element);

const TABS = { sale: "card", deposit: "box", back: "remove" };

/** So many payments are kept in the list of this till. */
const RECENT_MAX = 12;

class Till {
  #shell;
  #station;
  #payments;
  #tabs = h("nav", { class: "tabs" });
  #content = h("section", {});
  #terminals;
  /** The one that payments go to. */
  #terminal;
  #tab = "sale";

  constructor(shell) {
    this.#shell = shell;
    this.#station = shell.station;
    this.#payments = new Payments(shell);
    this.#tabs.setAttribute("aria-label", shell.say("till.tabs"));
    this.element = h("div", { class: "till" }, this.#payments.bar, this.#tabs, this.#content);
    shell.onHealth(({ terminals }) => this.#know(terminals));
  }

  /** What a form asks for depends on the terminals: it stands there once they are known. */
  #know(terminals) {
    const facts = ({ terminal, currency }) => `${terminal} ${currency}`;
    const isNew = terminals.map(facts).join() !== this.#terminals?.map(facts).join();
    this.#terminals = terminals;
    if (isNew) this.#choose(this.#tab);
  }

  #choose(tab) {
    const { say } = this.#shell;
    this.#tab = tab;
    this.#terminal = this.#terminals.find(({ terminal }) => terminal === this.#terminal?.terminal) ?? this.#terminals[0];
    const buttons = Object.entries(TABS).map(([name, picture]) =>
      h("button", { "aria-current": name === tab ? "true" : undefined, onclick: () => this.#choose(name) }, icon(picture), say(`till.${name}`)));
    this.#tabs.replaceChildren(...buttons);
    const takes = { sale: () => this.#sale(), deposit: () => this.#deposit() }[tab];
    const none = () => h("p", { class: "card" }, say("till.no_terminal"));
    const form = takes === undefined ? this.#back() : this.#terminal === undefined ? none() : takes();
    this.#content.replaceChildren(form);
    this.#content.querySelector("input")?.focus();
  }

  #field(key, id, control) {
    control.id = id;
    return h("div", { class: "field" }, h("label", { for: id }, this.#shell.say(key)), control);
  }

  /** That of the terminal: it takes no other. */
  #currency() {
    return h("output", { class: "currency" }, this.#terminal.currency);
  }

  /** Which terminal, where there are several. */
  #terminalField(currency) {
    if (this.#terminals.length < 2) return "";
    const options = this.#terminals.map(({ terminal }) =>
      h("option", { value: terminal, selected: terminal === this.#terminal.terminal }, terminal));
    const choose = ({ target }) => {
      this.#terminal = this.#terminals.find(({ terminal }) => terminal === target.value);
      currency.value = this.#terminal.currency;
    };
    return this.#field("order.terminal", "terminal", h("select", { onchange: choose }, options));
  }

  #where() {
    return this.#terminals.length < 2 ? {} : { terminal: this.#terminal.terminal };
  }

  /** An amount in minor units; otherwise the field says what is wrong with it. */
  #amountOf(input, currency) {
    const minor = minorOf(input.value, currency.value);
    input.setCustomValidity(minor === undefined ? this.#shell.say("till.amount_wrong") : "");
    if (minor === undefined) input.reportValidity();
    return minor;
  }

  #amountInput() {
    return h("input", { inputmode: "decimal", autocomplete: "off", required: true, placeholder: "0", maxlength: "14",
      oninput: ({ target }) => target.setCustomValidity("") });
  }

  #form(key, submit, ...fields) {
    const fault = h("p", { class: "fault", role: "alert" });
    const send = async (event) => {
      event.preventDefault();
      await submit(fault);
    };
    return h("form", { class: "card form", onsubmit: send, novalidate: true }, h("h2", {}, this.#shell.say(key)), fields, fault);
  }

  #sale() {
    const { say, words } = this.#shell;
    const amount = this.#amountInput();
    amount.className = "big";
    const currency = this.#currency();
    const press = (key) => () => {
      amount.value = key === "⌫" ? amount.value.slice(0, -1) : amount.value + key;
      amount.setCustomValidity("");
    };
    const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ",", "0", "⌫"].map((key) =>
      h("button", { type: "button", onclick: press(key), "aria-label": key === "⌫" ? say("till.erase") : undefined }, key));
    const take = async () => {
      const amount_minor = this.#amountOf(amount, currency);
      if (amount_minor === undefined) return;
      const params = { amount_minor, currency: currency.value, ...this.#where() };
      const chosen = await this.#take("payment.sale", params, words.money(amount_minor, currency.value));
      if (chosen === "again") await take();
      else amount.value = "";
      amount.focus();
    };
    return this.#form("till.sale", take,
      h("div", { class: "pair" }, this.#field("till.amount", "amount", amount), this.#field("till.currency", "currency", currency)),
      h("div", { class: "keys" }, keys),
      this.#terminalField(currency),
      h("div", { class: "buttons" }, h("button", { class: "primary" }, icon("card"), say("till.take_sale"))));
  }

  #deposit() {
    const { say, words } = this.#shell;
    const number = h("input", { autocomplete: "off", required: true, maxlength: "64", value: suggestion() });
    const customer = h("input", { autocomplete: "off", maxlength: "64" });
    const phone = h("input", { type: "tel", autocomplete: "off", maxlength: "20" });
    const deposit = this.#amountInput();
    const currency = this.#currency();
    const items = h("div", { class: "form" });
    let count = 0;
    const add = () => {
      count += 1;
      const name = h("input", { autocomplete: "off", required: true, maxlength: "100", name: "name" });
      const price = this.#amountInput();
      price.name = "price";
      const ways = ["pickup", "carry_out", "ship"].map((way) => h("option", { value: way }, say(`way.${way}`)));
      const way = h("select", { name: "way" }, ways);
      const row = h("div", { class: "item" },
        this.#field("till.item", `item-${count}`, name),
        this.#field("till.price", `price-${count}`, price),
        this.#field("till.way", `way-${count}`, way),
        h("button", { type: "button", "aria-label": say("till.remove_item"), onclick: () => items.children.length > 1 && row.remove() }, icon("no")));
      items.append(row);
      name.focus();
    };
    add();
    const take = async () => {
      const lines = [];
      for (const row of items.children) {
        const [name, price, way] = row.querySelectorAll("input, select");
        if (!name.reportValidity()) return;
        const amount_minor = this.#amountOf(price, currency);
        if (amount_minor === undefined) return;
        lines.push({ line_id: `${lines.length + 1}`, description: name.value.trim(), amount_minor, fulfilment: way.value });
      }
      if (!number.reportValidity()) return;
      const deposit_minor = this.#amountOf(deposit, currency);
      if (deposit_minor === undefined) return;
      const order = { order_id: number.value.trim(), currency: currency.value, lines };
      if (customer.value.trim() !== "") order.customer_reference = customer.value.trim();
      if (phone.value.trim() !== "") order.phone = phone.value.trim();
      const amount = words.money(deposit_minor, currency.value);
      const chosen = await this.#take("deposit.take", { order, deposit_minor, ...this.#where() }, amount, lines.map((line) =>
        [line.description, words.money(line.amount_minor, currency.value)]));
      if (chosen === "again") await take();
      else if (chosen === "second_card") await this.#take("deposit.tokenize", { order_id: order.order_id, ...this.#where() });
      else if (chosen === DONE) this.#choose("deposit");
    };
    return this.#form("till.deposit", take,
      h("div", { class: "pair" }, this.#field("till.order", "order", number), this.#field("till.currency", "currency", currency)),
      h("div", { class: "pair" }, this.#field("till.customer", "customer", customer), this.#field("till.phone", "phone", phone)),
      items,
      h("div", { class: "row" }, h("button", { type: "button", onclick: add }, icon("plus"), say("till.add_item"))),
      this.#field("till.deposit_amount", "deposit", deposit),
      this.#terminalField(currency),
      h("div", { class: "buttons" }, h("button", { class: "primary" }, icon("card"), say("till.take_deposit"))));
  }

  /** Runs a payment, and keeps what it has touched for the list of what can be given back. */
  async #take(method, params, amount, lines) {
    const { say } = this.#shell;
    let ended;
    const choices = (answer) => {
      ended = answer;
      if (answer.code === "second_card_needed" || answer.code === "remainder_declined") return [{ text: say("till.second_card"), value: "second_card" }];
      return ["retry", "other_card"].includes(answer.next_action) ? [{ text: say("payment.again"), value: "again" }] : [];
    };
    const chosen = await this.#payments.take(method, params, { amount, lines, choices });
    for (const { payment_id, currency, authorized_minor, masked_pan } of ended?.payments ?? []) {
      const others = (memory.get("recent") ?? []).filter((row) => row.payment_id !== payment_id);
      const row = { payment_id, currency, authorized_minor, masked_pan, at: new Date().toISOString() };
      memory.set("recent", [row, ...others].slice(0, RECENT_MAX));
    }
    return chosen ?? (ended?.outcome === "approved" ? DONE : undefined);
  }

  #back() {
    const { say, words } = this.#shell;
    const number = h("input", { autocomplete: "off", required: true, maxlength: "200", type: "search" });
    const found = h("div", { class: "form", "aria-live": "polite" });
    // What is answered after the next number was asked for is not shown.
    let latest;
    const find = async (fault) => {
      const turn = (latest = {});
      fault.replaceChildren();
      found.replaceChildren();
      const id = number.value.trim();
      if (id === "") return;
      try {
        const payments = await this.#paymentsOf(id);
        if (turn === latest) found.replaceChildren(...payments.map((payment) => this.#payment(payment, () => find(fault))));
      } catch (error) {
        if (turn === latest) fault.replaceChildren(this.#shell.sentence(error));
      }
    };
    const recent = (memory.get("recent") ?? []).map(({ payment_id, currency, authorized_minor, masked_pan, at }) => {
      const show = () => {
        number.value = payment_id;
        number.form.requestSubmit();
      };
      return h("li", {}, h("button", { type: "button", class: "hit", onclick: show },
        h("strong", {}, masked_pan ?? payment_id), h("span", { class: "sum" }, words.money(authorized_minor, currency)),
        h("span", {}, words.time(at))));
    });
    return this.#form("till.back", find,
      h("div", { class: "row wide" }, this.#field("till.payment", "payment", number), h("button", { class: "primary", "aria-label": say("find.button") }, icon("find"))),
      found,
      recent.length > 0 ? h("div", { class: "hits" }, h("h2", {}, say("till.recent")), h("ul", {}, recent)) : "");
  }

  /** The payment of that number, or those of the order of that number. */
  async #paymentsOf(id) {
    const get = (payment_id) => this.#station.call("payment.get", { payment_id });
    const { tenders } = await this.#station.call("order.get", { order_id: id }).catch(() => ({}));
    return tenders === undefined ? [await get(id)] : Promise.all(tenders.map(({ payment_id }) => get(payment_id)));
  }

  #payment(payment, reload) {
    const { say, words } = this.#shell;
    const { payment_id, currency, actions, masked_pan, brand } = payment;
    const left = { refund: payment.captured_minor - payment.refunded_minor, void: 0,
      capture: payment.authorized_minor - payment.captured_minor - payment.voided_minor - payment.queued_minor };
    const part = this.#amountInput();
    const money = (minor) => words.money(minor, currency);
    const act = (action) => async () => {
      const params = { payment_id };
      if (action !== "void" && part.value.trim() !== "") {
        const amount_minor = this.#amountOf(part, { value: currency });
        if (amount_minor === undefined) return;
        Object.assign(params, { amount_minor, currency });
      }
      await this.#take(`payment.${action}`, params, action === "void" ? undefined : money(params.amount_minor ?? left[action]));
      await reload();
    };
    const buttons = ["refund", "void", "capture"].filter((action) => actions.includes(action)).map((action) =>
      h("button", { type: "button", onclick: act(action) }, say(`till.${action}`)));
    const counters = ["authorized", "captured", "voided", "refunded"].map((name) =>
      [h("dt", {}, say(`counter.${name}`)), h("dd", {}, money(payment[`${name}_minor`]))]);
    const takesPart = actions.includes("refund") || actions.includes("capture");
    return h("article", { class: "form card" },
      h("h2", {}, [brand, masked_pan].filter(Boolean).join(" ") || payment_id),
      h("dl", { class: "amounts" }, counters),
      takesPart ? this.#field("till.part", `part-${payment_id}`, part) : "",
      buttons.length > 0 ? h("div", { class: "buttons" }, buttons) : h("p", { class: "calm" }, say("till.no_actions")));
  }
}

const DONE = Symbol("done");

/** A number for a new order that no other has. */
function suggestion() {
  return `T-${new Date().toISOString().slice(2, 19).replace(/[-:T]/g, "")}`;
}
