// The client in Node, against a real station.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { MemoryKeep, Station } from "posd-client";
import { FileKeep } from "posd-client/file-keep";
import { WebSocket } from "ws";

import { Stage, waitFor } from "../../../tests/browser/stage.mjs";

const SALE = { amount_minor: 12_900, currency: "NOK" };

/** A store, and apps of it that end with the test. */
async function store(t, options) {
  const stage = await Stage.open(options);
  const apps = [];
  t.after(async () => {
    for (const app of apps) app.close();
    await stage.close();
  });
  const app = (options = {}) => {
    const station = new Station({ url: stage.url, WebSocket, ...options });
    apps.push(station);
    return station;
  };
  const paired = async (options = {}) => {
    const station = app(options);
    await station.reaches("not_paired");
    await station.pair(await stage.invite("till-1"));
    return station;
  };
  return { stage, app, paired };
}

/** What a call is refused with. */
async function refused(call) {
  return assert.rejects(call).then(() => call.catch((error) => error));
}

/** All events that come from now on. */
function heard(station) {
  const events = [];
  station.onEvent((event) => events.push(event));
  return events;
}

test("an app pairs once and takes a sale", async (t) => {
  const { stage, app, paired } = await store(t);
  const keep = new MemoryKeep();
  const station = app({ keep, language: "nb" });
  const states = [];
  station.onState((state) => states.push(state));
  await station.reaches("not_paired");
  assert.equal((await refused(station.call("payment.sale", SALE))).code, "not_connected");
  assert.equal((await refused(station.pair("WRONG-CODE"))).code, "unauthorized");
  const told = await station.pair(await stage.invite("till-1"));
  assert.equal(told.app, "till-1");
  assert.match(told.check_word, /^[a-z]{6}$/);
  assert.equal(told.key, undefined);
  assert.deepEqual(states, ["connecting", "not_paired", "connected"]);
  assert.equal(station.info.role, "cashier");

  const events = heard(station);
  const done = await station.call("payment.sale", SALE);
  assert.equal(done.outcome, "approved");
  assert.equal(done.captured_minor, 12_900);
  assert.deepEqual(await station.pending(), []);
  const prompts = events.filter((event) => event.event === "terminal_prompt");
  assert.equal(prompts[0].prompt, "present_card");

  // The next one has the key from the keep.
  station.close();
  assert.equal(station.state, "closed");
  const again = app({ keep });
  await again.reaches("connected");
  // Nothing is left there but the key.
  await waitFor("the intent to be dropped", async () => (await keep.all("")).length === 1);
  await again.unpair();
  await again.reaches("not_paired");
});

test("a refusal says what to do, in the language of the app", async (t) => {
  const { paired } = await store(t);
  const station = await paired();
  const error = await refused(station.call("payment.sale", { ...SALE, currency: "SEK" }));
  assert.equal(error.name, "StationError");
  assert.equal(error.code, "currency_mismatch");
  assert.equal(error.next_action, "fix_request");
  assert.equal(error.retryable, false);
  assert.equal(error.data.field, "currency");
  const english = error.message;
  await station.speak("nb");
  const other = await refused(station.call("payment.sale", { ...SALE, currency: "SEK" }));
  assert.equal(other.code, error.code);
  assert.notEqual(other.message, english);
  const unknown = await refused(station.call("payment.explode", {}));
  assert.equal(unknown.code, "method_not_found");
  // What was refused never began.
  assert.deepEqual(await station.pending(), []);
});

test("an app that died in mid-payment finds its payment again", async (t) => {
  const { stage, app, paired } = await store(t);
  const home = await mkdtemp(join(tmpdir(), "posd-keep-"));
  t.after(() => rm(home, { recursive: true }));
  const file = join(home, "keep.json");
  await stage.hold();
  const first = await paired({ keep: new FileKeep(file) });
  const died = first.call("payment.sale", { ...SALE, reference: "basket-7" });
  await waitFor("a card to be asked for", async () =>
    JSON.stringify((await stage.terminal.get("/state")).display).match(/card/i));
  // Written before it was sent, and readable by nobody else.
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, "utf8"), /basket-7/);
  first.close();
  assert.equal((await refused(died)).code, "connection_lost");

  const second = app({ keep: new FileKeep(file) });
  const events = heard(second);
  await second.reaches("connected");
  const [intent, ...more] = await second.pending();
  assert.deepEqual(more, []);
  assert.equal(intent.method, "payment.sale");
  assert.equal(intent.params.reference, "basket-7");
  const answer = second.resume(intent);
  await stage.present("visa-approve");
  const done = await answer;
  assert.equal(done.outcome, "approved");
  // What the terminal showed before is told to whoever comes after.
  assert.equal(events.filter((event) => event.prompt === "present_card").length, 1);
  assert.equal(await stage.presentations(), 1);
  assert.equal((await stage.booked()).captured, 12_900);
  assert.deepEqual(await second.pending(), []);
});

test("the station ends in mid-payment and comes back", async (t) => {
  const { stage, paired } = await store(t);
  const station = await paired();
  const states = [];
  const events = heard(station);
  await stage.hold();
  const answer = station.call("payment.sale", SALE);
  await waitFor("the prompt", () => events.some((event) => event.prompt === "present_card"));
  station.onState((state) => states.push(state));
  await stage.stop("SIGKILL");
  await station.reaches("not_running");
  assert.equal((await refused(station.call("payment.sale", SALE))).code, "not_connected");
  await stage.hold(false);
  await stage.start();
  const done = await answer;
  assert.ok(["approved", "cancelled", "failed", "in_doubt"].includes(done.outcome), done.outcome);
  assert.equal(states.at(-1), "connected");
  // One end, by whatever way it came: the books say the same.
  const [intent] = await station.pending();
  const final = intent === undefined ? done : await station.ended(intent);
  assert.notEqual(final.outcome, "in_doubt");
  const captured = final.outcome === "approved" ? 12_900 : 0;
  assert.equal((await stage.booked()).captured, captured);
  assert.deepEqual(await station.pending(), []);
  // Every event once, none left out.
  await waitFor("the last event", () => events.some((it) => it.event === "operation_finished"));
  const seqs = events.map((event) => event.seq);
  assert.deepEqual(seqs, seqs.map((_, at) => seqs[0] + at));
});

test("what has never arrived is not begun later", async (t) => {
  const { stage, app, paired } = await store(t);
  const keep = new MemoryKeep();
  await paired({ keep });
  // As a page leaves it that ended between keeping and sending.
  const params = { ...SALE, idempotency_key: "k-1" };
  const intent = { key: "k-1", method: "payment.sale", params, at: "2026-11-22T10:00:00Z", after: 0 };
  await keep.put("intent/app/k-1", intent);
  const station = app({ keep });
  await station.reaches("connected");
  assert.deepEqual(await station.pending(), [intent]);
  const error = await refused(station.resume(intent));
  assert.equal(error.code, "never_arrived");
  assert.equal(error.intent.key, "k-1");
  assert.equal(await stage.presentations(), 0);
  // It is kept until the app decides.
  assert.equal((await station.pending()).length, 1);
  assert.equal((await station.repeat(intent)).outcome, "approved");
  assert.equal((await station.resume(intent)).outcome, "approved");
  assert.equal(await stage.presentations(), 1);
});

test("who listens when it is connected has missed nothing", async (t) => {
  const { stage, app } = await store(t);
  await stage.call("payment.sale", { ...SALE, idempotency_key: "k-1" });
  const station = app({ key: await stage.localKey(), after: 0 });
  const events = [];
  station.onState((state) => {
    if (state === "connected") station.onEvent((event) => events.push(event.seq));
  });
  await waitFor("the last event", () => events.length > 3);
  assert.equal(events[0], 1);
});

test("in doubt is kept until it is known", async (t) => {
  const { stage, paired } = await store(t);
  const station = await paired();
  const order = await stage.orderPaidOnline("O-1", [80_000]);
  await station.call("order.put", { order });
  await stage.fault("capture", "drop_answer");
  await stage.fault("inquire", "drop_answer", { count: 3 });
  const lines = ["1"];
  const pickup = { order_id: "O-1", order_version: 1, lines, use: "available" };
  const done = await station.call("pickup.capture", pickup);
  assert.equal(done.outcome, "in_doubt");
  const [intent] = await station.pending();
  assert.equal(intent.operation_id, done.operation_id);
  const final = await station.ended(intent);
  assert.equal(final.outcome, "approved");
  assert.deepEqual(await station.pending(), []);
  assert.equal((await stage.booked()).captured, 80_000);
});

test("who stops waiting has not stopped the payment", async (t) => {
  const { stage, paired } = await store(t);
  const station = await paired();
  await stage.hold();
  const stop = new AbortController();
  const events = heard(station);
  const waiting = station.call("payment.sale", SALE, { signal: stop.signal });
  await waitFor("the prompt", () => events.some((event) => event.prompt === "present_card"));
  stop.abort();
  assert.equal((await refused(waiting)).name, "AbortError");
  const [intent] = await station.pending();
  const answer = station.resume(intent);
  assert.deepEqual(await station.pending(), []);
  await station.call("terminal.abort", {});
  assert.equal((await answer).outcome, "cancelled");
});

test("an app that was revoked is not paired", async (t) => {
  const { stage, paired } = await store(t);
  const station = await paired();
  await stage.call("app.revoke", { app: "till-1" });
  await station.reaches("not_paired");
  await station.pair(await stage.invite("till-1"));
  assert.equal(station.state, "connected");
});

test("another journal counts its events anew", async (t) => {
  const { stage, app } = await store(t);
  const station = app({ key: await stage.localKey(), after: 1_000_000 });
  await station.reaches("connected");
  const events = heard(station);
  await station.call("payment.sale", SALE);
  await waitFor("an event", () => events.some((event) => event.event === "operation_finished"));
});

test("what cannot be kept is not sent", async (t) => {
  const { stage, app } = await store(t);
  const keep = new MemoryKeep();
  keep.put = async () => { throw new Error("no space"); };
  const station = app({ key: await stage.localKey(), keep });
  await station.reaches("connected");
  assert.equal((await refused(station.call("payment.sale", SALE))).code, "not_kept");
  assert.equal(await stage.presentations(), 0);
  keep.get = keep.all = keep.put;
  const other = app({ keep });
  await other.reaches("not_paired");
});

test("a station that has fallen silent is given up and found again", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { stage, app } = await store(t);
  /** A line whose cable can be pulled: nothing comes any more, and nobody is told. */
  let isPulled = false;
  class Line extends WebSocket {
    emit(name, ...more) {
      if (!isPulled || name !== "message") super.emit(name, ...more);
    }
  }
  const station = app({ key: await stage.localKey(), WebSocket: Line });
  await station.reaches("connected");
  // Silence alone is nothing: it is asked, and answers.
  for (let beat = 0; beat < 6; beat += 1) {
    t.mock.timers.tick(10_000);
    await station.call("station.info", {});
  }
  assert.equal(station.state, "connected");
  isPulled = true;
  const asked = refused(station.call("station.health", {}));
  for (let beat = 0; beat < 3; beat += 1) t.mock.timers.tick(10_000);
  assert.equal((await asked).code, "connection_lost");
  isPulled = false;
  await station.reaches("connected");
});
