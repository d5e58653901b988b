// The page of a simulated terminal. It knows nothing by itself: it shows what `GET /state`, `/log` and
// `/books` say, and each button is one request that `curl` could make as well (docs/simulator.md).

const $ = (id) => document.getElementById(id);

const KEYS = [
  ["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8"], ["9"],
  ["stop", "Cancel", "stop"], ["0"], ["clear", "Correct", "clear"], ["ok", "OK", "ok"],
];

const PROMPTS = {
  pin: "Type the PIN and press OK.",
  digits: "The till asks for digits: type them and press OK.",
  key: "The till asks for a key.",
  stop: "Present a card: tap, insert or swipe.",
  nothing: "",
};

let seen = 0;
let looks = 0;
let orders = 0;
let digits = 2;

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function tell(path, body) {
  orders += 1;
  try {
    const answer = await fetch(path, { method: "POST", body: JSON.stringify(body ?? {}) });
    if (!answer.ok) {
      const why = await answer.json();
      hint(why.message ?? SAID[why.error] ?? why.error);
    } else {
      hint("");
    }
  } catch {
    // The next look at the state says that nobody is there.
  }
  orders += 1;
  await look();
}

const SAID = {
  no_card_expected: "The terminal does not wait for a card.",
  no_key_expected: "The terminal does not wait for that key.",
  cable_is_in: "The cable is in already.",
};

function hint(text) {
  $("hint").textContent = text;
}

function button(text, act) {
  const it = document.createElement("button");
  it.type = "button";
  it.textContent = text;
  it.addEventListener("click", act);
  return it;
}

function chosen() {
  return document.querySelector("#wallet input:checked")?.value;
}

async function build() {
  for (const [key, name, look] of KEYS) {
    const it = button(name ?? key, () => tell("key", { key }));
    if (look) it.className = look;
    $("keys").append(it);
  }
  for (const it of document.querySelectorAll("[data-how]")) {
    it.addEventListener("click", () => tell("present", { name: chosen(), how: it.dataset.how }));
  }
  $("hold").addEventListener("change", (event) => tell("hold", { hold: event.target.checked }));
  $("cable").addEventListener("click", () =>
    $("cable").dataset.in === "no" ? tell("plug") : tell("unplug", { ms: 86400000 }));
  const [cards, scenarios, faults] = await Promise.all([ask("wallet"), ask("scenarios"), ask("faults")]);
  for (const { name, fault } of faults) $("faults").append(button(name, () => tell("fault", fault)));
  for (const card of cards) $("wallet").append(drawn(card));
  for (const { name, summary } of scenarios) {
    const it = button(name.replaceAll("-", " "), () => tell("scenario", { name }));
    it.title = summary;
    $("scenarios").append(it);
  }
}

function drawn(card) {
  const label = document.createElement("label");
  label.className = `card ${card.brand.split(" ")[0].toLowerCase()}`;
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "card", value: card.name });
  input.addEventListener("change", () => tell("card", { name: card.name }));
  const name = document.createElement("b");
  name.textContent = card.name;
  const number = document.createElement("small");
  number.textContent = card.number;
  const brand = document.createElement("small");
  brand.textContent = card.brand + (card.asks_for_pin ? ", PIN" : "");
  label.append(input, name, number, brand);
  return label;
}

function show(state) {
  digits = state.digits;
  document.body.classList.toggle("waiting", state.waits_for_card);
  set("amount", state.amount ?? "");
  set("display", state.display);
  set("typed", state.typing === "digits" || state.typing === "pin" ? "•".repeat(state.typed) : "");
  if (!$("hint").textContent || Object.values(PROMPTS).includes($("hint").textContent)) {
    hint(state.plugged ? PROMPTS[state.typing] : "The cable is out.");
  } else if (state.plugged && $("hint").textContent === "The cable is out.") {
    hint("");
  }
  $("cable").dataset.in = state.plugged ? "yes" : "no";
  set("cable", state.plugged ? "Pull the cable" : "Plug the cable in");
  $("hold").checked = state.hold;
  const card = document.querySelector(`#wallet input[value="${state.card}"]`);
  if (card) card.checked = true;
  fill($("paper"), state.paper, (receipt) => item(receipt.join("\n")), true);
  fill($("store"), state.transactions.slice().reverse(), (it) => row([
    it.receipt, it.kind, money(it.amount_minor, it.currency), it.card ?? "",
    [it.taken_back && "taken back", it.reversed && "reversed", it.submitted && "submitted", !it.final && "not acknowledged"]
      .filter(Boolean).join(", "),
  ]));
}

// Written only where it differs: an aria-live region that is rewritten is read out again.
function set(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function fill(list, values, make, atEnd) {
  const key = JSON.stringify(values);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...values.map(make));
  if (atEnd) list.parentElement.scrollTop = list.parentElement.scrollHeight;
}

function item(text) {
  const li = document.createElement("li");
  li.textContent = text;
  return li;
}

function row(cells) {
  const tr = document.createElement("tr");
  for (const cell of cells) {
    const td = document.createElement("td");
    td.textContent = cell;
    tr.append(td);
  }
  return tr;
}

// The number of digits is the terminal's currency's: what a browser knows is how people write amounts.
function money(minor, currency) {
  const padded = String(minor).padStart(digits + 1, "0");
  const text = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
  const style = { style: "currency", currency, currencyDisplay: "code", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat("en", style).format(text);
}

function note(entry) {
  const li = document.createElement("li");
  if (entry.kind === "line") {
    const [bytes, meaning] = split(entry.text);
    li.append(bytes);
    if (meaning) {
      const span = document.createElement("span");
      span.className = "meaning";
      span.textContent = meaning;
      li.append(span);
    }
    add($("line"), li);
    return;
  }
  const time = document.createElement("time");
  time.textContent = (entry.at_ms / 1000).toFixed(3);
  const word = { display: "shows", hand: "hand", host: "host" }[entry.kind];
  li.append(time, `${word}: ${entry.text.replaceAll("\n", " / ")}`);
  add($("timeline"), li);
}

function split(text) {
  const at = text.indexOf(" | ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 3)];
}

function add(list, li) {
  const follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
  list.append(li);
  while (list.children.length > 300) list.firstElementChild.remove();
  if (follows) list.scrollTop = list.scrollHeight;
}

function showBooks(told) {
  const totals = Object.entries(told.totals ?? {}).map(([currency, it]) =>
    Object.entries(it).map(([what, minor]) =>
      `${what.replace(/_minor$/, "").replaceAll("_", " ")} ${money(minor, currency)}`).join(" · "));
  set("totals", totals.join(" — "));
  fill($("books"), told.authorizations.slice().reverse(), (it) => row([
    it.id, it.status, money(it.authorized_minor, it.currency), money(it.captured_minor, it.currency),
    money(it.voided_minor, it.currency), money(it.refunded_minor, it.currency),
  ]));
}

let isLooking = false;
async function look() {
  if (isLooking) return;
  isLooking = true;
  const before = orders;
  try {
    const [state, log] = await Promise.all([ask("state"), ask(`log?after=${seen}`)]);
    // What was asked before an order was given would put the switch back for a moment.
    if (before === orders) show(state);
    for (const entry of log) note(entry);
    if (log.length > 0) seen = log.at(-1).seq;
    // Captures come from the counter, past this terminal: the books change by themselves.
    if (log.length > 0 || looks % 10 === 0) showBooks(await ask("books"));
    looks += 1;
    set("link", state.busy ? "busy" : "ready");
    $("link").classList.remove("gone");
  } catch {
    set("link", "The simulator does not answer.");
    $("link").classList.add("gone");
  } finally {
    isLooking = false;
  }
}

// Keys of the keyboard are keys of the keypad, but for where they mean something already.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, button, [tabindex]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = { Enter: "ok", Escape: "stop", Backspace: "clear" }[event.key] ?? event.key;
  if (/^([0-9]|ok|stop|clear)$/.test(key)) tell("key", { key });
});

await build();
await look();
setInterval(look, 300);
