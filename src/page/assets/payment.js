// A payment from the button to its end: what the terminal asks for, how it ended and what to do next,
// and what nobody knows yet. A page that was reloaded goes on here with what it had asked for.

import { fill, h, icon } from "/ui.js";

/** What the terminal waits for, and how it is drawn. */
const PROMPTS = {
  present_card: "card", enter_pin: "pin", wrong_pin: "pin", confirm: "pin", processing: "wait",
  remove_card: "remove", approved: "yes", declined: "no", reversing: "wait", other: "wait",
};

const AMOUNTS = ["captured", "queued", "refunded", "secured", "balance_due", "refund_due"];

/** Methods that nobody can do by a terminal. */
const WITHOUT_TERMINAL = ["order.put", "order.cancel", "order.ship"];

const FOLLOW_MS = 3_000;

export class Payments {
  /** What is being found out while others are served. */
  bar = h("div", { class: "bar", role: "region" });
  #shell;
  #dialog = h("dialog", { class: "payment", "aria-labelledby": "payment-title", oncancel: (event) => event.preventDefault() });
  #paper = h("section", { class: "paper" });
  #left = new Map();
  /** One dialog at a time: each waits for the one before. */
  #turn = Promise.resolve();

  constructor(shell) {
    this.#shell = shell;
    this.bar.setAttribute("aria-label", shell.say("doubt.bar"));
    document.body.append(this.#dialog, this.#paper);
    shell.station.onEvent((event) => this.#hear(event));
    this.#goOn();
  }

  /** What terminals have asked for last, by operation: also for the page before, which is on the screen soon. */
  #prompts = new Map();

  #hear({ event, operation_id, ...prompt }) {
    if (event === "operation_finished") this.#prompts.delete(operation_id);
    if (event !== "terminal_prompt") return;
    this.#prompts.set(operation_id, prompt);
    this.#sitting?.hear();
  }

  /** Whether a payment is on the screen. */
  get isOpen() {
    return this.#dialog.open;
  }

  #sitting;

  /**
   * Asks for something that moves money and shows it to its end. Resolves with the value of what the
   * person chose then; `choices` offers it for an answer or an error: `[{text, value}]`.
   */
  take(method, params, { amount, lines = [], choices = () => [] } = {}) {
    const key = crypto.randomUUID();
    const intent = { key, method, params: { ...params, idempotency_key: key } };
    const ask = () => this.#shell.station.call(method, intent.params);
    return this.#inTurn(() => this.#sit({ intent, ask, amount, lines, choices }));
  }

  /** What the page before has left. */
  async #goOn() {
    const { station } = this.#shell;
    for (const intent of await station.pending()) {
      this.#inTurn(() => this.#sit({ intent, ask: () => station.resume(intent), lines: [], choices: () => [] }));
    }
  }

  #inTurn(act) {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #sit(order) {
    // A page that was reloaded knows what it asked for.
    const { amount_minor, currency } = order.intent.params;
    if (amount_minor !== undefined) order.amount ??= this.#shell.words.money(amount_minor, currency);
    const sitting = new Sitting(this.#shell, this.#dialog, this.#paper, this.#prompts, order);
    this.#sitting = sitting;
    try {
      const chosen = await sitting.run();
      if (chosen === LATER) this.#setAside(order);
      return chosen === LATER ? undefined : chosen;
    } finally {
      this.#sitting = undefined;
      this.#dialog.close();
      // A field that gets its focus back from a dialog does not take what is typed (Chromium 156).
      const focused = document.activeElement;
      focused?.blur();
      focused?.focus();
    }
  }

  /** The next customer is served; how it ends is told when it does. */
  async #setAside({ intent }) {
    const { station, say } = this.#shell;
    const show = () => this.#inTurn(() => this.#sit({ intent, ask: () => station.resume(intent), lines: [], choices: () => [] }));
    const row = h("p", { class: "notice warn" },
      icon("doubt"),
      h("span", {}, say("doubt.open", { what: describe(this.#shell, intent) })),
      h("button", { onclick: () => this.#left.has(intent.key) && show() }, say("doubt.show")));
    this.#left.get(intent.key)?.remove();
    this.#left.set(intent.key, row);
    this.bar.append(row);
    const answer = await station.ended(intent);
    if (this.#left.get(intent.key) !== row) return;
    row.remove();
    this.#left.delete(intent.key);
    this.#inTurn(() => this.#sit({ intent, ask: async () => answer, lines: [], choices: () => [] }));
  }
}

const LATER = Symbol("later");

/** What was asked for, in a few words. */
function describe({ say, words }, { method, params }) {
  const what = words.has(`method.${method}`) ? say(`method.${method}`) : say("method.other");
  const about = params.order_id ?? params.order?.order_id ?? params.reference;
  return about === undefined ? what : `${what} · ${about}`;
}

/** One payment while it is on the screen. */
class Sitting {
  #shell;
  #dialog;
  #paper;
  #order;
  #operation;
  #terminal;
  #prompts;
  #end;
  #timer;
  #over = new AbortController();

  constructor(shell, dialog, paper, prompts, order) {
    this.#shell = shell;
    this.#dialog = dialog;
    this.#paper = paper;
    this.#prompts = prompts;
    this.#order = order;
  }

  /** Resolves with what the person chose at the end. */
  async run() {
    const ended = new Promise((resolve) => (this.#end = resolve));
    this.#showWaiting();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#focus("h2");
    this.#ask(this.#order.ask);
    const hush = this.#shell.station.onState((state) => this.#tellState(state));
    if (this.#prompts.size > 0) this.hear();
    return ended.finally(() => {
      clearInterval(this.#timer);
      this.#over.abort();
      hush();
    });
  }

  /** The notice of the page lies behind the dialog. */
  #tellState(state) {
    const isAway = !["connected", "connecting"].includes(state);
    this.#away.replaceChildren(isAway ? this.#shell.say(`state.${state}`) : "");
  }

  async #ask(ask) {
    clearInterval(this.#timer);
    try {
      this.#showAnswer(await ask());
    } catch (error) {
      this.#showError(error);
    }
  }

  /** Prompts of this payment; which operation it is the station tells by the key. */
  async hear() {
    if (this.#operation === undefined) {
      const { key } = this.#order.intent;
      const found = this.#shell.station.call("operation.get", { idempotency_key: key });
      this.#operation = (await found.catch(() => undefined))?.operation_id;
    }
    const prompt = this.#prompts.get(this.#operation);
    if (prompt !== undefined) this.#showPrompt(prompt);
  }

  #away = h("p", { class: "fault", role: "alert" });

  #show(kind, ...content) {
    const { amount, intent } = this.#order;
    this.#dialog.dataset.kind = kind;
    fill(this.#dialog,
      h("h2", { id: "payment-title", tabindex: "-1", autofocus: true }, describe(this.#shell, intent)),
      amount !== undefined && kind === "waiting" ? h("p", { class: "amount" }, amount) : "",
      this.#away,
      ...content,
    );
  }

  #showWaiting() {
    const { say } = this.#shell;
    const { method, params } = this.#order.intent;
    this.#prompt = h("p", { class: "prompt", role: "status", "aria-live": "assertive" }, icon("wait"), h("span", {}, say("prompt.wait")));
    this.#told = h("p", { class: "quiet" });
    const needsNone = WITHOUT_TERMINAL.includes(method) || params.use === "available";
    const stop = h("button", { class: "danger", onclick: () => this.#abort(stop) }, icon("no"), say("payment.stop"));
    this.#show("waiting", this.#prompt, this.#told, needsNone ? "" : h("div", { class: "buttons" }, stop));
  }

  #prompt;
  #told;

  #showPrompt({ prompt, text, terminal }) {
    this.#terminal = terminal;
    if (this.#dialog.dataset.kind !== "waiting") return;
    const { say, words } = this.#shell;
    const known = words.has(`prompt.${prompt}`) ? prompt : "other";
    this.#prompt.replaceChildren(icon(PROMPTS[known]), h("span", {}, say(`prompt.${known}`)));
    this.#told.textContent = text ? `${terminal}: ${text}` : terminal;
  }

  async #abort(button) {
    const terminal = this.#terminal ?? this.#order.intent.params.terminal;
    button.disabled = true;
    try {
      await this.#shell.station.call("terminal.abort", terminal === undefined ? {} : { terminal });
      this.#told.textContent = this.#shell.say("payment.stopping");
    } catch (error) {
      this.#told.textContent = this.#shell.sentence(error);
      button.disabled = false;
    }
  }

  #showAnswer(answer) {
    if (answer.outcome === "in_doubt") {
      this.#showDoubt(answer);
      return;
    }
    const { say } = this.#shell;
    const isWarning = answer.outcome === "approved" && !["approved", "done"].includes(answer.code);
    const kind = isWarning ? "warn" : { approved: "good", cancelled: "calm" }[answer.outcome] ?? "bad";
    const picture = { good: "yes", warn: "warn", calm: "no", bad: "no" }[kind];
    const skipped = answer.skipped?.length ?? 0;
    this.#show(kind,
      h("p", { class: "prompt", role: "alert" }, icon(picture), h("span", {}, answer.message)),
      this.#next(answer),
      this.#amounts(answer),
      skipped > 0 ? h("p", {}, say("outcome.skipped", { count: skipped })) : "",
      this.#customer(answer.customer_message),
      this.#receipts(answer),
      h("p", { class: "quiet" }, say("outcome.reference", { reference: answer.operation_id })),
      this.#buttons(answer, true),
    );
  }

  #showError(error) {
    const { say, station, sentence } = this.#shell;
    const { intent } = this.#order;
    const more = [];
    if (error.code === "never_arrived") {
      const again = () => {
        this.#showWaiting();
        this.#ask(() => station.repeat(intent));
      };
      const drop = () => station.forget(intent).finally(() => this.#end());
      more.push(
        h("button", { onclick: drop }, say("payment.drop")),
        h("button", { class: "primary", onclick: again }, say("payment.again")),
      );
    }
    this.#show("bad",
      h("p", { class: "prompt", role: "alert" }, icon("no"), h("span", {}, sentence.call(this.#shell, error))),
      more.length === 0 ? this.#next(error) : "",
      this.#customer(error.customer_message),
      more.length === 0 ? this.#buttons(error, false) : h("div", { class: "buttons" }, more),
    );
    if (more.length > 0) this.#focus("h2");
  }

  #next({ next_action = "call_support" }) {
    const { say, words } = this.#shell;
    if (next_action === "none") return "";
    const known = words.has(`next.${next_action}`) ? next_action : "call_support";
    return h("p", { class: "next" }, h("strong", {}, say("outcome.next")), " ", say(`next.${known}`));
  }

  #customer(sentence) {
    if (!sentence) return "";
    return h("p", { class: "quiet" }, this.#shell.say("outcome.customer"), " ", h("q", {}, sentence));
  }

  #amounts(answer) {
    const { say, words } = this.#shell;
    const rows = AMOUNTS.filter((name) => answer[`${name}_minor`] > 0).map((name) => [
      h("dt", {}, say(`amount.${name}`)),
      h("dd", {}, words.money(answer[`${name}_minor`], answer.currency)),
    ]);
    return rows.length === 0 ? "" : h("dl", { class: "amounts" }, rows);
  }

  #receipts({ receipts = [] }) {
    if (receipts.length === 0) return "";
    const papers = receipts.map(({ lines }) => h("pre", { tabindex: "0" }, lines.join("\n")));
    return h("details", {}, h("summary", {}, this.#shell.say("receipt.show", { count: receipts.length })), papers);
  }

  #buttons(answer, canPrint) {
    const { say } = this.#shell;
    const choices = this.#order.choices(answer).map(({ text, value }, at) =>
      h("button", { class: at === 0 ? "primary" : "", onclick: () => this.#end(value) }, text));
    const done = h("button", { class: choices.length > 0 ? "" : "primary", onclick: () => this.#end() }, say("payment.done"));
    const print = h("button", { onclick: () => this.#print(answer) }, icon("print"), say("receipt.print"));
    queueMicrotask(() => this.#focus(choices.length > 0 ? "h2" : "button.primary"));
    return h("div", { class: "buttons" }, canPrint && answer.outcome === "approved" ? print : "", done, choices);
  }

  /** A scanner ends with Enter: what has the focus must be harmless to press. */
  #focus(selector) {
    this.#dialog.querySelector(selector)?.focus();
  }

  /** The terminal's receipts as they are, and before them what the station says itself. */
  #print(answer) {
    const { say, words, station } = this.#shell;
    const rows = this.#order.lines.map(([text, amount]) => h("tr", {}, h("td", {}, text), h("td", {}, amount)));
    const amounts = AMOUNTS.filter((name) => answer[`${name}_minor`] > 0).map((name) =>
      h("tr", {}, h("th", { scope: "row" }, say(`amount.${name}`)), h("td", {}, words.money(answer[`${name}_minor`], answer.currency))));
    const cards = (answer.payments ?? []).map(({ masked_pan, brand }) => [brand, masked_pan].filter(Boolean).join(" "));
    this.#paper.replaceChildren(
      h("article", {},
        h("h2", {}, station.info?.station ?? ""),
        h("p", {}, describe(this.#shell, this.#order.intent)),
        h("p", {}, words.time(new Date())),
        h("table", {}, rows, amounts),
        [...new Set(cards.filter(Boolean))].map((card) => h("p", {}, card)),
        h("p", {}, answer.message),
        h("p", {}, say("outcome.reference", { reference: answer.operation_id })),
      ),
      ...(answer.receipts ?? []).map(({ lines }) => h("article", {}, h("pre", {}, lines.join("\n")))),
    );
    print();
  }

  /** Nobody knows yet; the station asks on, and this page with it. */
  #showDoubt({ operation_id, message, customer_message }) {
    const { say, station } = this.#shell;
    const facts = h("dl", { class: "amounts" });
    const buttons = h("div", { class: "buttons" });
    this.#operation = operation_id;
    this.#show("doubt",
      h("p", { class: "prompt", role: "alert" }, icon("doubt"), h("span", {}, message)),
      h("p", {}, say("doubt.explain")),
      facts,
      this.#customer(customer_message),
      h("p", { class: "quiet" }, say("outcome.reference", { reference: operation_id })),
      buttons,
    );
    buttons.append(h("button", { class: "primary", onclick: () => this.#end(LATER) }, say("doubt.later")));
    this.#focus("button.primary");
    let seen;
    const look = async () => {
      const { doubt } = await station.call("operation.get", { operation_id }).catch(() => ({}));
      if (doubt === undefined || this.#over.signal.aborted) return;
      this.#showFacts(facts, doubt);
      if (seen === undefined && this.#shell.may("supervisor")) this.#offer(buttons, operation_id, () => seen);
      seen = doubt;
    };
    look();
    this.#timer = setInterval(look, FOLLOW_MS);
    const { signal } = this.#over;
    station.ended(this.#order.intent, { signal }).then((answer) => {
      clearInterval(this.#timer);
      this.#showAnswer(answer);
    }, () => {});
  }

  #showFacts(facts, { terminal, merchant_account, amount_minor, currency, inquiries, is_parked }) {
    const { say, words } = this.#shell;
    const rows = [[say("doubt.asked"), terminal ?? merchant_account ?? ""], [say("doubt.tries"), String(inquiries ?? 0)]];
    if (amount_minor != null) rows.push([say("doubt.amount"), words.money(amount_minor, currency)]);
    if (is_parked) rows.push([say("doubt.parked"), ""]);
    facts.replaceChildren(...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  }

  /** What a supervisor may say about it. */
  #offer(buttons, operation_id, doubt) {
    const { say, station } = this.#shell;
    const fault = h("p", { class: "fault", role: "alert" });
    const reason = h("input", { id: "reason", required: true, maxlength: "200", autocomplete: "off" });
    const tell = async (method, more) => {
      fault.replaceChildren();
      if (!reason.reportValidity()) return;
      try {
        const answer = await station.call(method, { operation_id, reason: reason.value, ...more() });
        if (method === "operation.park") fault.replaceChildren(answer.message ?? "");
      } catch (error) {
        fault.replaceChildren(this.#shell.sentence(error));
      }
    };
    const found = (finding) => () => tell("operation.resolve", () => ({ finding, evidence: doubt().evidence }));
    buttons.before(h("details", {},
      h("summary", {}, say("doubt.supervisor")),
      h("p", {}, say("doubt.look")),
      h("label", { for: "reason" }, say("doubt.reason")),
      reason,
      h("div", { class: "buttons" },
        h("button", { onclick: () => tell("operation.park", () => ({})) }, say("doubt.park")),
        h("button", { onclick: found("not_carried_out") }, say("doubt.not_carried_out")),
        h("button", { onclick: found("carried_out") }, say("doubt.carried_out"))),
      fault,
    ));
  }
}
