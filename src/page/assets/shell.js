// The frame around each page: who may come in, how the station is, in which language.

import { Station, StationError } from "/posd.js";
import { h, icon, LANGUAGES, memory, settled, Words } from "/ui.js";

const ROLES = ["cashier", "supervisor", "technician"];

/** Errors of the client's own; all others come with a sentence in the cashier's language. */
const OWN = ["not_connected", "connection_lost", "never_arrived", "not_kept", "closed"];

/** Shows a page: `begin` is given the shell when the station has let it in for the first time. */
export async function open(page, begin) {
  const words = await Words.load(language());
  document.documentElement.lang = words.language;
  document.title = words.say(`${page}.title`);
  const shell = new Shell(page, words);
  shell.show(begin);
}

function language() {
  const wanted = [memory.get("language"), ...navigator.languages];
  const short = wanted.map((tag) => tag?.slice(0, 2).toLowerCase().replace("no", "nb"));
  return short.find((tag) => tag in LANGUAGES) ?? "en";
}

/** The code of a link that brings it along. It is good once, so it does not stay in the address. */
function takeCode() {
  const brought = new URLSearchParams(location.hash.slice(1));
  const code = brought.get("code");
  if (code !== null) history.replaceState(null, "", location.pathname);
  return code;
}

class Shell {
  health;
  #page;
  #state = h("span", { class: "state", role: "status" });
  #notices = h("div", { class: "notices", role: "status" });
  #main = h("main", { id: "main", tabindex: "-1" });
  #welcome = h("div", { class: "welcome" });
  #onHealth = new Set();

  constructor(page, words) {
    this.#page = page;
    this.words = words;
    this.say = (key, values) => words.say(key, values);
    const socket = location.protocol === "https:" ? "wss" : "ws";
    const url = `${socket}://${location.host}/v1`;
    this.station = new Station({ url, name: page, language: words.language });
  }

  /** Whether who is logged in may do what this role may. */
  may(role) {
    return ROLES.indexOf(this.station.info?.role) >= ROLES.indexOf(role);
  }

  /** The sentence for an error, whoever made it. */
  sentence(error) {
    if (!(error instanceof StationError)) return this.say("error.page", { problem: String(error) });
    const { code, data } = error;
    if (OWN.includes(code)) return this.say(`error.${code}`);
    return data.problem === undefined ? error.message : `${error.message} (${data.field ?? ""} ${data.problem})`;
  }

  /** Tells how the station is, as soon as it is known and whenever it changes. */
  onHealth(listener) {
    this.#onHealth.add(listener);
    if (this.health !== undefined) listener(this.health);
  }

  show(begin) {
    document.body.replaceChildren(
      h("a", { class: "skip", href: "#main" }, this.say("page.skip")),
      this.#header(),
      this.#notices,
      this.#main,
    );
    // Such a link may be opened where the page is open already.
    addEventListener("hashchange", () => {
      if (this.station.state === "not_paired") this.#main.replaceChildren(this.#pairing());
    });
    let content;
    const look = settled(() => this.#look());
    this.station.onEvent(({ event }) => event !== "terminal_prompt" && look());
    this.station.onState((state) => {
      this.#tellState(state);
      if (state === "connected") {
        takeCode();
        content ??= begin(this);
        this.#main.replaceChildren(this.#welcome, content);
        this.#main.inert = false;
        look();
      } else if (state === "not_paired") {
        this.#main.replaceChildren(this.#pairing());
        this.#main.inert = false;
      } else {
        // What stands there may be true no more, and nothing can be asked for.
        this.#main.inert = content !== undefined;
        if (content === undefined) this.#main.replaceChildren(h("p", { class: "calm" }, this.say(`state.${state}`)));
      }
      this.#tell();
    });
  }

  #header() {
    const link = (page) =>
      h("a", { href: `/${page}`, "aria-current": page === this.#page ? "page" : undefined }, this.say(`${page}.title`));
    const languages = Object.entries(LANGUAGES).map(([tag, name]) =>
      h("option", { value: tag, lang: tag, selected: tag === this.words.language }, name));
    const choose = ({ target }) => {
      memory.set("language", target.value);
      location.reload();
    };
    return h("header", {},
      h("h1", {}, this.say(`${this.#page}.title`)),
      h("nav", { "aria-label": this.say("page.pages") }, link("counter"), link("till")),
      this.#state,
      h("select", { "aria-label": this.say("page.language"), onchange: choose }, languages),
    );
  }

  #tellState(state) {
    const key = state === "connected" ? "state.connected" : `state.short.${state === "not_paired" ? state : "away"}`;
    const { app = "" } = this.station.info ?? {};
    this.#state.dataset.state = state === "connected" ? "good" : "bad";
    this.#state.replaceChildren(this.say(key, { app }));
  }

  async #look() {
    if (this.station.state !== "connected") return;
    try {
      this.health = await this.station.call("station.health", {});
    } catch {
      return;
    }
    this.#tell();
    for (const listener of this.#onHealth) listener(this.health);
  }

  /** What everybody at the counter should know. */
  #tell() {
    const notices = [];
    const { state } = this.station;
    const tell = (kind, text) => notices.push(h("p", { class: `notice ${kind}` }, icon("warn"), h("span", {}, text)));
    if (!["connected", "not_paired", "connecting"].includes(state)) tell("bad", this.say(`state.${state}`));
    if (state === "connected" && this.health !== undefined) {
      const { journal = "ok", queued, terminals } = this.health;
      if (journal !== "ok") tell("bad", this.say("notice.journal"));
      for (const { terminal, connected } of terminals) {
        if (!connected) tell("warn", this.say("notice.terminal", { terminal }));
      }
      if (queued > 0) tell("warn", this.say("notice.queued", { count: queued }));
    }
    const told = notices.map((notice) => notice.textContent).join("");
    if (told !== this.#notices.textContent) this.#notices.replaceChildren(...notices);
  }

  #pairing() {
    const fault = h("p", { class: "fault", role: "alert" });
    const code = h("input", {
      id: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      maxlength: "9", placeholder: "7KQM-3XRD", required: true,
    });
    const pair = async () => {
      fault.replaceChildren();
      try {
        this.#greet(await this.station.pair(code.value.trim()));
      } catch (error) {
        const wrong = error.code === "unauthorized";
        fault.replaceChildren(wrong ? this.say("pair.wrong") : this.sentence(error));
        code.select();
      }
    };
    const send = (event) => {
      event.preventDefault();
      pair();
    };
    const brought = takeCode();
    if (brought !== null) {
      code.value = brought;
      queueMicrotask(pair);
    }
    const command = `posd pair ${this.#page} --origin ${location.origin}`;
    return h("section", { class: "card narrow", "aria-labelledby": "pair" },
      h("h2", { id: "pair" }, this.say("pair.heading")),
      h("p", {}, this.say("pair.explain")),
      h("p", {}, h("code", {}, command)),
      h("form", { class: "row", onsubmit: send },
        h("label", { for: "code" }, this.say("pair.code")),
        code,
        h("button", { class: "primary" }, this.say("pair.enter")),
      ),
      fault,
    );
  }

  /** The word that the technician compares, until somebody has seen it. */
  #greet({ check_word, app }) {
    const close = () => this.#welcome.replaceChildren();
    this.#welcome.replaceChildren(
      h("section", { class: "card good row", role: "status" },
        h("p", {}, this.say("pair.done", { app }), " ", h("strong", { class: "word" }, check_word)),
        h("button", { onclick: close }, this.say("pair.seen")),
      ),
    );
  }
}
