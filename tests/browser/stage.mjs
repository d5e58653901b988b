// A store for tests in JavaScript: the real `posd`, a simulated terminal behind a pseudo-terminal, a
// simulated processor over HTTP, a real database. Everything is a process of its own and ends with
// `close`.

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(import.meta.dirname, "../..");
export const BUILT = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "debug");

/** Asks until the answer is there; it ends a test that hangs, it measures nothing. */
export async function waitFor(what, ask) {
  for (let asked = 0; asked < 1_500; asked += 1) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** A process, and the first line that it says. */
async function start(program, args, options = {}) {
  const stdio = ["ignore", "pipe", options.log ?? "ignore"];
  const child = spawn(join(BUILT, program), args, { stdio, env: { ...process.env, ...options.env } });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`${program}: ${error.message}; build it first: cargo build --workspace`);
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = await Promise.race([lines.next(), failed]);
  return { child, line: value ?? "" };
}

export async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** A terminal or a processor, and its control port. */
class Simulator {
  constructor({ child, line }) {
    this.child = child;
    this.ready = JSON.parse(line);
    this.url = `http://${this.ready.http ?? this.ready.control}`;
  }

  static async start(args) {
    return new Simulator(await start("hw-sim", args));
  }

  async get(path) {
    return (await fetch(this.url + path)).json();
  }

  async post(path, body, headers = {}) {
    const answer = await fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json().catch(() => undefined);
  }
}

/** A port that nobody listens at, and that the kernel gives to nobody who asks for any. */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** The way from the station to its processor, which a test can close: connections are refused then. */
class Gate {
  #streams = new Set();
  #server;
  #target;
  #port;

  static async open(target) {
    const gate = new Gate();
    gate.#target = new URL(target);
    gate.#port = await freePort();
    gate.url = `http://127.0.0.1:${gate.#port}`;
    await gate.reopen();
    return gate;
  }

  async reopen() {
    this.#server = createServer((near) => {
      const far = connect(this.#target.port, this.#target.hostname);
      for (const [stream, other] of [[near, far], [far, near]]) {
        this.#streams.add(stream);
        stream.on("error", () => {});
        stream.on("close", () => {
          this.#streams.delete(stream);
          other.destroy();
        });
        stream.pipe(other);
      }
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async close() {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const stream of this.#streams) stream.destroy();
    await closed;
  }
}

/** What `Stage.cardToken` holds for a moment. */
const TOKEN_HOLD = 100;

export class Stage {
  /** Opens a store. `config` is more of the station's configuration, `till` more of its terminal's table, `currency` what that takes. */
  static async open({ config = "", till = "", currency = "NOK" } = {}) {
    const stage = new Stage();
    stage.home = await mkdtemp(join(tmpdir(), "posd-stage-"));
    try {
      stage.processor = await Simulator.start(["processor", "--http", "127.0.0.1:0"]);
      stage.gate = await Gate.open(stage.processor.url);
      const pty = join(stage.home, "terminal");
      stage.terminal = await Simulator.start([
        "terminal", "--pty", pty, "--control", "127.0.0.1:0",
        "--processor", stage.processor.url, "--merchant", "M-1", "--currency", currency,
        "--t2-ms", "250", "--t3-ms", "1500", "--reboot-ms", "300",
      ]);
      stage.port = await freePort();
      stage.url = `ws://127.0.0.1:${stage.port}/v1`;
      stage.origin = `http://127.0.0.1:${stage.port}`;
      await writeFile(
        join(stage.home, "posd.toml"),
        `[station]
name = "store"
listen = "127.0.0.1:${stage.port}"
data_dir = "${stage.home}"

[[merchant_account]]
id = "nordic"
connector = "sim"
url = "${stage.gate.url}"
merchant = "M-1"
timeout_ms = 2000

[[terminal]]
id = "till-1"
protocol = "zvt"
device = "${pty}"
currency = "${currency}"
merchant_account = "nordic"
response_timeout_ms = 5000
completion_timeout_ms = 60000
${till}

${config}`,
      );
      await stage.start();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** Starts the station, which must not be running. */
  async start() {
    const log = await open(join(this.home, "log"), "a");
    const args = ["run", "--config", join(this.home, "posd.toml")];
    const station = await start("posd", args, { log: log.fd, env: { POSD_LOG: "debug" } });
    await log.close();
    this.station = station.child;
    if (!station.line.includes(this.url)) {
      throw new Error(`posd did not start: ${await this.log()}`);
    }
  }

  /** Ends the station as a service manager does, or with `SIGKILL`. */
  async stop(signal = "SIGTERM") {
    await end(this.station, signal);
  }

  async log() {
    return readFile(join(this.home, "log"), "utf8");
  }

  /** The key of the machine itself, which may do everything. */
  async localKey() {
    return (await readFile(join(this.home, "local.key"), "utf8")).trim();
  }

  /** Asks the station as a technician does. */
  async call(method, params = {}) {
    const args = ["call", "--url", this.url, "--key-file", join(this.home, "local.key")];
    const child = spawn(join(BUILT, "posd"), [...args, method, JSON.stringify(params)]);
    let [told, failed] = ["", ""];
    child.stdout.on("data", (chunk) => (told += chunk));
    child.stderr.on("data", (chunk) => (failed += chunk));
    const [status] = await once(child, "close");
    if (told === "") throw new Error(`${method}: ${status} ${failed}`);
    return JSON.parse(told);
  }

  /** A code by which an app pairs; of a page with its origin. */
  async invite(app, { role = "cashier", origin } = {}) {
    return (await this.call("app.invite", { app, role, origin })).code;
  }

  /**
   * An order as a web shop leaves it: one authorization for each amount of `tenders`, lines by description
   * and amount. It is put when `order.put` is called with it.
   */
  async orderPaidOnline(id, tenders, lines = { Chair: 80_000 }) {
    const card_token = await this.cardToken();
    const tendered = [];
    for (const [at, amount_minor] of tenders.entries()) {
      const body = { merchant: "M-1", card_token, amount_minor, currency: "NOK", reference: id };
      const key = { "idempotency-key": `web-${id}-${at}` };
      const held = await this.processor.post("/v1/authorizations", body, key);
      tendered.push({
        merchant_account: "nordic", authorized_minor: amount_minor, card_token,
        auth_token: held.authorization,
      });
    }
    return {
      order_id: id, version: 1, currency: "NOK", channel: "online", tenders: tendered,
      lines: Object.entries(lines).map(([description, amount_minor], at) => ({
        line_id: `${at + 1}`, description, amount_minor,
      })),
    };
  }

  /** The token of a card, as a web shop's form gets it: by a hold that is released. */
  async cardToken(card = "visa-approve") {
    const amount = { merchant: "M-1", amount_minor: TOKEN_HOLD, currency: "NOK" };
    const key = (name) => ({ "idempotency-key": `${name}-${card}` });
    const { authorization, token } = await this.processor.post(
      "/v1/terminal/transactions",
      { ...amount, terminal_id: "99999999", trace_number: "000001", kind: "authorize", card, want_token: true },
      key("token"),
    );
    await this.processor.post(`/v1/authorizations/${authorization}/voids`, amount, key("release"));
    return token;
  }

  /** Which card is presented from now on. */
  async card(name) {
    await this.terminal.post("/card", { name });
  }

  /** Whether the customer waits until `present` with the card. */
  async hold(hold = true) {
    await this.terminal.post("/hold", { hold });
  }

  async present(name) {
    await waitFor("a card to be expected", () =>
      this.terminal.post("/present", { name }).then(() => true, () => false));
  }

  async presentations() {
    return (await this.terminal.get("/state")).presentations;
  }

  /** Lets something go wrong with the next requests at the processor. */
  async fault(on, what, more = {}) {
    await this.processor.post("/control/faults", { on, do: what, ...more });
  }

  /** What the processor's books hold in all, the hold for the card's token left out. */
  async booked() {
    const sum = { authorized: 0, captured: 0, voided: 0, refunded: 0 };
    for (const row of (await this.processor.get("/books")).authorizations) {
      if (row.authorized_minor === TOKEN_HOLD) continue;
      for (const counter of Object.keys(sum)) sum[counter] += row[`${counter}_minor`];
    }
    return sum;
  }

  async close() {
    await this.gate?.close();
    for (const child of [this.station, this.terminal?.child, this.processor?.child]) {
      if (child !== undefined) await end(child, "SIGKILL");
    }
    await rm(this.home, { recursive: true, force: true });
  }
}
