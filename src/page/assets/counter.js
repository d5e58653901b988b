// The pickup counter: find the order, choose what is handed over, take the money for it.

import { Payments } from "/payment.js";
import { open } from "/shell.js";
import { fill, h, icon, settled } from "/ui.js";

open("counter", (shell) => new Counter(shell).element);

class Counter {
  #shell;
  #station;
  #payments;
  #field = h("input", { id: "find", type: "search", autocomplete: "off", spellcheck: "false", enterkeyhint: "search" });
  #fault = h("p", { class: "fault", role: "alert" });
  #tap = h("section", { class: "card tap", hidden: true });
  #hits = h("section", { class: "hits", "aria-live": "polite" });
  #work = h("section", { class: "card work", hidden: true });
  #detail = h("section", { class: "detail" });
  /** The order on the screen, the lines that are chosen, and what is due for them. */
  #order;
  /** Counts what was asked for: an answer that comes after the next question is not shown. */
  #turn = 0;
  #chosen = new Set();
  #quote;
  #counting;
  #terminal;

  constructor(shell) {
    this.#shell = shell;
    this.#station = shell.station;
    this.#payments = new Payments(shell);
    const { say } = shell;
    const find = (event) => {
      event.preventDefault();
      this.#find(this.#field.value.trim());
    };
    this.element = h("div", { class: "counter" },
      this.#payments.bar,
      h("div", { class: "finder" },
        h("form", { class: "card row", role: "search", onsubmit: find },
          h("label", { for: "find" }, say("find.label")),
          this.#field,
          h("button", { class: "primary", "aria-label": say("find.button") }, icon("find")),
          h("p", { class: "quiet" }, say("find.hint")),
          this.#fault),
        this.#tap, this.#hits, this.#work),
      this.#detail,
    );
    this.#tellNothing();
    shell.onHealth((health) => this.#tellHealth(health));
    const look = settled(() => this.#lookForWork());
    look();
    this.#station.onEvent((event) => this.#hear(event, look));
    document.addEventListener("keydown", (event) => this.#key(event));
    queueMicrotask(() => this.#field.focus());
  }

  /** A scanner is a keyboard: what it types goes to the field, wherever the focus is. */
  #key(event) {
    if (this.#payments.isOpen) return;
    const press = { F2: () => this.#clear(), F8: () => this.#take("available"), F9: () => this.#take("other") }[event.key];
    if (press !== undefined) {
      event.preventDefault();
      press();
      return;
    }
    const writes = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!writes || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    this.#field.value = "";
    this.#field.focus();
  }

  #hear(event, look) {
    if (event.event === "nfc_tapped" && !this.#payments.isOpen) this.#tapped(event);
    if (event.event === "terminal_prompt") return;
    look();
    const isOurs = event.event === "order_changed" && event.order_id === this.#order?.order_id;
    if (isOurs && !this.#payments.isOpen) this.#show(event.order_id);
  }

  #clear() {
    this.#leave();
    this.#field.value = "";
    this.#hits.replaceChildren();
    this.#field.focus();
  }

  /** The order of the customer before must not stay beside what is found, or not found, for this one. */
  #leave() {
    this.#turn += 1;
    this.#order = undefined;
    this.#fault.replaceChildren();
    this.#tellNothing();
  }

  /** Whatever was scanned or typed: a number, a slip, a customer, a phone. */
  async #find(text) {
    if (text === "") return;
    const ways = [{ order_id: text }, { tag: text }, { customer_reference: text }];
    if (/^[+\d][\d\s-]{3,}$/.test(text)) ways.push({ phone: text });
    await this.#search(ways);
  }

  async #tapped({ tap, media }) {
    this.#field.value = "";
    if (media.some(({ interrupted }) => interrupted)) {
      this.#leave();
      this.#tellFault("tap.interrupted");
    } else if (!media.some(({ lasting }) => lasting)) await this.#search([{ tap }], "tap.unknown_phone");
    else await this.#search([{ tap }], "tap.nothing");
  }

  #tellFault(key) {
    this.#fault.replaceChildren(this.#shell.say(key));
  }

  async #search(ways, nothing = "find.nothing") {
    this.#leave();
    const turn = this.#turn;
    const asked = await Promise.allSettled(ways.map((way) => this.#station.call("order.find", way)));
    if (turn !== this.#turn) return;
    const found = new Map();
    for (const { value } of asked) for (const hit of value?.orders ?? []) found.set(hit.order_id, hit);
    const refused = asked.find(({ status }) => status === "rejected");
    if (found.size === 0) {
      this.#hits.replaceChildren();
      if (refused !== undefined) this.#fault.replaceChildren(this.#shell.sentence(refused.reason));
      else this.#tellFault(nothing);
      this.#field.select();
      return;
    }
    const [only] = found.keys();
    if (found.size === 1) {
      this.#hits.replaceChildren();
      await this.#show(only);
    } else {
      this.#tellHits([...found.values()]);
    }
  }

  #tellHits(hits) {
    const { say, words } = this.#shell;
    const rows = hits.map((hit) => h("li", {},
      h("button", { class: "hit", onclick: () => this.#open(hit.order_id) },
        h("strong", {}, hit.order_id),
        h("span", { class: "sum" }, words.money(hit.total_minor, hit.currency)),
        h("span", {}, [hit.customer_reference, words.date(hit.placed_at)].filter(Boolean).join(" · ")),
        h("span", { class: "end" }, say(`status.${hit.status}`)))));
    this.#hits.replaceChildren(h("h2", {}, say("find.several", { count: hits.length })), h("ul", {}, rows));
    this.#hits.querySelector("button").focus();
  }

  #tellHealth({ readers, terminals }) {
    const { say } = this.#shell;
    const isThere = readers.some(({ connected }) => connected);
    if (isThere === this.#tap.hidden) {
      this.#tap.hidden = !isThere;
      this.#tap.replaceChildren(icon("tap"), h("div", {}, h("h2", {}, say("tap.here")), h("p", {}, say("tap.explain"))));
    }
    const names = terminals.map(({ terminal }) => terminal);
    if (names.join() === this.#terminal?.names) return;
    const options = names.map((name) => h("option", { value: name }, name));
    this.#terminal = { names: names.join(), select: h("select", { id: "terminal" }, options) };
    if (this.#order !== undefined) this.#tellOrder();
  }

  #open(order_id) {
    this.#leave();
    return this.#show(order_id);
  }

  /** Brings an order onto the screen, with all lines chosen that wait here. */
  async #show(order_id) {
    const turn = this.#turn;
    try {
      const order = await this.#station.call("order.get", { order_id });
      if (turn !== this.#turn) return;
      const isNew = order.order_id !== this.#order?.order_id;
      const kept = this.#chosen;
      const waits = order.lines.filter(isHere).map(({ line_id }) => line_id);
      this.#order = order;
      this.#chosen = new Set(isNew ? waits : waits.filter((line) => kept.has(line)));
      if (this.#chosen.size === 0) this.#chosen = new Set(waits);
      this.#tellOrder();
      await this.#count();
      if (turn !== this.#turn) return;
      // Not a button: the second Enter of a scanner would press it.
      if (isNew) this.#detail.querySelector("h2").focus();
      this.element.classList.add("open");
    } catch (error) {
      if (turn === this.#turn) this.#fault.replaceChildren(this.#shell.sentence(error));
    }
  }

  /** Asks what is due for the lines that are chosen. */
  #count() {
    return (this.#counting = this.#askWhatIsDue());
  }

  /** Waits until what is due is known: the order may be shown anew meanwhile, and counted again. */
  async #counted() {
    let last;
    while (last !== this.#counting) await (last = this.#counting);
  }

  async #askWhatIsDue() {
    const { order_id } = this.#order;
    const lines = [...this.#chosen];
    this.#quote = undefined;
    if (lines.length > 0 || isOver(this.#order)) {
      const quote = this.#station.call("pickup.quote", { order_id, lines });
      const told = await quote.catch((error) => ({ error }));
      if (lines.join() !== [...this.#chosen].join() || order_id !== this.#order?.order_id) return;
      this.#quote = told;
    }
    this.#tellQuote();
  }

  #tellNothing() {
    this.element?.classList.remove("open");
    const { say } = this.#shell;
    this.#detail.replaceChildren(h("div", { class: "empty" }, icon("box"), h("p", {}, say("order.none"))));
  }

  #sums = h("div", { class: "sums", "aria-live": "polite" });

  #tellOrder() {
    const { say, words } = this.#shell;
    const { order_id, lines, currency, customer_reference, placed_at, channel } = this.#order;
    const about = [say(`channel.${channel}`), customer_reference, placed_at && words.date(placed_at)].filter(Boolean);
    const rows = lines.map((line) => this.#line(line, currency));
    fill(this.#detail,
      h("button", { class: "back", onclick: () => this.#clear() }, icon("back"), say("order.back")),
      h("article", { class: "card order", "aria-labelledby": "order" },
        h("h2", { id: "order", tabindex: "-1" }, order_id),
        h("p", { class: "quiet" }, about.join(" · ")),
        h("fieldset", {}, h("legend", {}, say("order.lines")), h("ul", { class: "lines" }, rows)),
        this.#sums,
      ),
    );
    this.#tellQuote();
  }

  #line(line, currency) {
    const { say, words } = this.#shell;
    const name = [line.description ?? line.line_id, h("span", { class: "sum" }, words.money(line.amount_minor, currency))];
    if (!isHere(line)) {
      const state = line.state === "open" ? "ship" : line.state;
      return h("li", { class: "done" }, h("span", {}, name[0], " ", h("em", {}, say(`line.${state}`))), name[1]);
    }
    const choose = ({ target }) => {
      if (target.checked) this.#chosen.add(line.line_id);
      else this.#chosen.delete(line.line_id);
      this.#count();
    };
    const checked = this.#chosen.has(line.line_id);
    return h("li", {}, h("label", {}, h("input", { id: `line-${line.line_id}`, type: "checkbox", checked, onchange: choose }), h("span", {}, name[0]), name[1]));
  }

  #tellQuote() {
    const { say, words } = this.#shell;
    const { currency, lines } = this.#order;
    const quote = this.#quote;
    const isMissing = isOver(this.#order) && quote?.due_minor > 0;
    if (!lines.some(isHere) && !isMissing) {
      this.#sums.replaceChildren(h("p", { class: "calm" }, icon("yes"), say("order.complete")));
      return;
    }
    if (quote === undefined || quote.error !== undefined) {
      const waiting = this.#chosen.size === 0 ? "order.choose" : "order.counting";
      const isBusy = ["line_not_open", "order_busy"].includes(quote?.error.code);
      const text = quote === undefined ? say(waiting) : isBusy ? say("order.busy") : this.#shell.sentence(quote.error);
      this.#sums.replaceChildren(h("p", { class: "calm" }, text));
      return;
    }
    const row = (key, minor, kind) => [h("dt", { class: kind }, say(key)), h("dd", { class: kind }, words.money(minor, currency))];
    const secured = quote.secured_by.map(({ masked_pan, open_minor, expires_at }) => {
      const card = masked_pan ?? say("order.card");
      const amount = words.money(open_minor, currency);
      return h("li", {}, say("order.secured_by", { card, amount }), " ", expires_at ? ends(say, words, expires_at) : "");
    });
    fill(this.#sums,
      isMissing ? h("p", { class: "calm" }, icon("warn"), say("order.missing")) : "",
      h("dl", { class: "amounts" },
        row("order.due", quote.due_minor, "total"),
        quote.paid_minor > 0 ? row("order.paid", quote.paid_minor) : "",
        quote.queued_minor > 0 ? row("order.queued", quote.queued_minor) : "",
        row("order.secured", quote.secured_minor),
        quote.balance_minor > 0 ? row("order.balance", quote.balance_minor, "missing") : ""),
      secured.length > 0 ? h("ul", { class: "secured" }, secured) : "",
      quote.unusable.length > 0 ? h("p", { class: "quiet" }, say("order.unusable", { count: quote.unusable.length })) : "",
      this.#buttons(quote),
      isMissing && this.#shell.may("supervisor") ? this.#offerWriteOff() : "",
    );
  }

  /** Who answers for it may say that the shop does not wait for this money any more. */
  #offerWriteOff() {
    const { say } = this.#shell;
    const { order_id } = this.#order;
    const fault = h("p", { class: "fault", role: "alert" });
    const reason = h("input", { id: "reason", required: true, maxlength: "200", autocomplete: "off" });
    const writeOff = async () => {
      if (!reason.reportValidity()) return;
      fault.replaceChildren();
      try {
        const { tenders } = await this.#station.call("order.get", { order_id });
        for (const { payment_id } of tenders) {
          const { uncaptured_minor } = await this.#station.call("payment.get", { payment_id });
          if (uncaptured_minor > 0) await this.#station.call("payment.write_off", { payment_id, reason: reason.value });
        }
        await this.#show(order_id);
      } catch (error) {
        fault.replaceChildren(this.#shell.sentence(error));
      }
    };
    return h("details", {},
      h("summary", {}, say("doubt.supervisor")),
      h("label", { for: "reason" }, say("doubt.reason")),
      reason,
      h("div", { class: "buttons" }, h("button", { onclick: writeOff }, say("order.write_off"))),
      fault,
    );
  }

  #buttons({ due_minor, secured_minor }) {
    const { say } = this.#shell;
    // Until the station has told its terminals, it is asked without the name of one.
    const { names, select } = this.#terminal ?? {};
    const canUse = due_minor === 0 || secured_minor > 0;
    const several = names?.includes(",");
    return [
      several ? h("p", { class: "row" }, h("label", { for: "terminal" }, say("order.terminal")), select) : "",
      h("div", { class: "buttons" },
        h("button", { id: "available", class: canUse ? "primary" : "", disabled: !canUse, onclick: () => this.#take("available") },
          say("order.available"), h("kbd", {}, "F8")),
        h("button", { id: "other", class: canUse ? "" : "primary", disabled: names === "" || due_minor === 0, onclick: () => this.#take("other") },
          say("order.other"), h("kbd", {}, "F9"))),
      canUse ? "" : h("p", { class: "quiet" }, say("order.nothing_secured")),
    ];
  }

  async #take(use) {
    const { say, words } = this.#shell;
    const order = this.#order;
    const turn = this.#turn;
    if (order === undefined || this.#quote === undefined || this.#quote.error !== undefined) return;
    const { due_minor, secured_minor, order_version } = this.#quote;
    if (use === "available" ? due_minor > 0 && secured_minor === 0 : due_minor === 0 || this.#terminal?.names === "") return;
    const lines = [...this.#chosen];
    const { select } = this.#terminal ?? {};
    const params = { order_id: order.order_id, order_version, lines, use };
    if (use === "other" && select?.value) params.terminal = select.value;
    const names = order.lines.filter(({ line_id }) => lines.includes(line_id));
    const other = { text: say("order.other"), value: "other" };
    const again = { text: say("payment.again"), value: use };
    const choices = ({ next_action, code }) => ({
      take_balance: [other], reload: code === "authorized_amount_changed" ? [other] : [], other_tender: [other], other_card: [use === "other" ? { ...again, value: "other" } : other],
      retry: [again],
    })[next_action] ?? [];
    const chosen = await this.#payments.take("pickup.capture", params, {
      amount: words.money(due_minor, order.currency),
      lines: names.map(({ description, line_id, amount_minor }) => [description ?? line_id, words.money(amount_minor, order.currency)]),
      choices,
    });
    // What was due may be due no more: nothing is taken before it is counted again.
    this.#quote = undefined;
    this.#tellQuote();
    await this.#show(order.order_id);
    await this.#counted();
    if (chosen !== undefined && turn === this.#turn) await this.#take(chosen);
  }

  /** Payments that somebody should look at, what ends first first. */
  async #lookForWork() {
    if (this.#station.state !== "connected") return;
    const { say, words } = this.#shell;
    const { attention } = await this.#station.call("order.find", { attention: true }).catch(() => ({ attention: [] }));
    const rows = attention.map(({ why, order_id, currency, amount_minor, expires_at, next_try_at }) => {
      const known = words.has(`work.${why}`) ? why : "other";
      const until = expires_at && why === "expiring" ? ends(say, words, expires_at) : "";
      const next = next_try_at ? say("work.next", { time: words.time(next_try_at) }) : "";
      return h("li", {},
        h("button", { id: `work-${why}-${order_id}`, class: "hit", disabled: order_id === undefined, onclick: () => this.#open(order_id) },
          h("strong", {}, order_id ?? ""),
          h("span", { class: "sum" }, amount_minor > 0 ? words.money(amount_minor, currency) : ""),
          h("span", { class: `why ${known}` }, say(`work.${known}`)),
          h("span", { class: "end" }, until || next)));
    });
    this.#work.hidden = rows.length === 0;
    const heading = h("summary", {}, h("h2", {}, say("work.heading", { count: rows.length })));
    const isOpen = this.#work.querySelector("details")?.open ?? true;
    fill(this.#work, h("details", { open: isOpen }, heading, h("ul", {}, rows)));
  }
}

/** Whether a line waits to be handed over at a counter. */
function isHere({ state, fulfilment }) {
  return state === "open" && fulfilment !== "ship";
}

/** Whether nothing of an order waits any more, here or elsewhere. */
function isOver({ lines }) {
  return !lines.some(({ state }) => state === "open");
}

function ends(say, words, at) {
  const isOver = new Date(at) < new Date();
  return say(isOver ? "order.ended" : "order.until", { time: words.date(at) });
}
