/**
 * Client of posd, the point-of-sale terminal daemon. One file, no dependency, for browsers and Node.
 *
 * What it takes off a POS app's hands: it connects and connects again, misses no event and tells none
 * twice, and makes and keeps an idempotency key for each request that moves money, before it is sent,
 * so that an app that was reloaded in mid-payment finds its payment again.
 */

import type {
  ErrorData,
  Event,
  Methods,
  MethodWithKey,
  NextAction,
  OperationResult,
  Paired,
  Refs,
  RetrySafety,
  Welcome,
} from "./types.js";

export type * from "./types.js";

/** How the app and its station stand. */
export type State =
  /** On the way; so it begins. In a browser also while the person in front of it is being asked. */
  | "connecting"
  /** Nobody answers at the address: posd is not running there. */
  | "not_running"
  /** The browser does not let this page reach the machine (docs/browsers.md). */
  | "permission_denied"
  /** The page is in a frame that was not given the permission of the page around it. */
  | "frame_not_delegated"
  /** The station runs and does not know this app: `pair` it. */
  | "not_paired"
  | "connected"
  /** `close` was called. */
  | "closed";

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M]["params"];
export type Result<M extends Method> = Methods[M]["result"];
/** Parameters as `call` takes them: it makes the key where none is given. */
export type Asked<M extends Method> = M extends MethodWithKey
  ? Omit<Params<M>, "idempotency_key"> & { idempotency_key?: string }
  : Params<M>;

/** A request under an idempotency key, as it is kept until its answer was seen. */
export interface Intent<M extends MethodWithKey = MethodWithKey> {
  key: string;
  method: M;
  params: Params<M>;
  /** When it was asked first, in RFC 3339. */
  at: string;
  /** The last event before it. */
  after: number;
  /** Known once it is in doubt. */
  operation_id?: string;
}

/** Where the app's key and its intents are kept. What `put` has done must outlast the page. */
export interface Keep {
  get(name: string): Promise<unknown>;
  put(name: string, value: unknown): Promise<void>;
  delete(name: string): Promise<void>;
  /** All values whose names begin so. */
  all(prefix: string): Promise<unknown[]>;
}

export interface Options {
  /** Of the station; without it the one on this machine. */
  url?: string;
  /** Pages of one origin share the app's key; their intents are kept apart by this name. */
  name?: string;
  /** Of sentences: `en`, `nb`, `da`, `sv`, `lt`, `de`. Without it the station's own. */
  language?: string;
  /** The app's key, where it is kept by somebody else. */
  key?: string;
  /** Without it IndexedDB, and where there is none (Node) memory: see `FileKeep`. */
  keep?: Keep;
  /** Events after this one are told, 0 for all. Without it, those from now on. */
  after?: number;
  /** Where there is no global one (Node before 22): that of package `ws`. */
  WebSocket?: WebSocketConstructor;
}

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** As much of a WebSocket as is used here. */
export interface WebSocketLike {
  send(data: string): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: any }) => void): void;
}

/** What the station tells of a refusal, or the client of its own troubles. */
export type Trouble = Partial<ErrorData> & { state?: State };

/** Why a request was not carried out, or why its answer is not known here. Decide by `code`. */
export class StationError extends Error {
  override readonly name = "StationError";
  /** Stable. The client's own are `not_connected`, `not_kept`, `connection_lost`, `never_arrived`, `closed`. */
  readonly code: string;
  /** For the customer; nothing about how the shop works inside. */
  readonly customer_message: string;
  readonly next_action: NextAction;
  readonly retryable: boolean;
  readonly retry_safety: RetrySafety;
  readonly refs: Refs;
  /** All that was told, such as `field`, `problem`, `available_minor`, `needs`. */
  readonly data: Trouble;
  /** What is kept of the request, where its end is not known. */
  intent?: Intent;

  constructor(message: string, data: Trouble) {
    super(message);
    this.data = data;
    this.code = data.code ?? "internal_error";
    this.customer_message = data.customer_message ?? "";
    this.next_action = data.next_action ?? "call_support";
    this.retryable = data.retryable ?? false;
    this.retry_safety = data.retry_safety ?? "ask_first";
    this.refs = data.refs ?? {};
  }
}

const URL_HERE = "ws://127.0.0.1:8471/v1";
const PROTOCOL = "posd.v1";

/** How long until it connects again: at first, and at most. */
const REST_FIRST_MS = 100;
const REST_LONGEST_MS = 5_000;

/** How often it listens whether the station is still there. */
const LISTEN_MS = 10_000;

/** The methods that take an idempotency key: what runs does not depend on the file of types. */
const KEYED: Record<MethodWithKey, true> = {
  "payment.sale": true,
  "payment.authorize": true,
  "payment.capture": true,
  "payment.void": true,
  "payment.refund": true,
  "payment.write_off": true,
  "deposit.take": true,
  "deposit.tokenize": true,
  "order.put": true,
  "order.ship": true,
  "order.cancel": true,
  "pickup.capture": true,
  "nfc.bind": true,
  "operation.resolve": true,
  "operation.park": true,
  "terminal.reconcile": true,
};

/** A station, and the one connection to it. */
export class Station {
  readonly #url: string;
  readonly #name: string;
  readonly #keep: Keep;
  readonly #WebSocket: WebSocketConstructor | undefined;
  #key: string | undefined;
  #language: string | undefined;
  #state: State = "connecting";
  #info: Welcome | undefined;
  /** The last event that was told. */
  #seen: number | undefined;
  /** There as soon as there is a connection. */
  #open: Line | undefined;
  /** There when the station has let this app in. */
  #line: Line | undefined;
  /** Events that came before the app was told that it is connected: it may only then listen. */
  #early: Event[] = [];
  /** Ends the pause before the next attempt to connect. */
  #hurry = () => {};
  readonly #onState = new Set<(state: State) => void>();
  readonly #onEvent = new Set<(event: Event) => void>();
  /** Who waits for the end of an attempt to connect. */
  readonly #onAttempt = new Set<(line: Line | undefined) => void>();
  /** Keys of intents whose answers somebody waits for, or has had. */
  readonly #taken = new Set<string>();

  /** Connects, and goes on doing so until it is closed. */
  constructor(options: Options = {}) {
    this.#url = options.url ?? URL_HERE;
    this.#name = options.name ?? "app";
    this.#keep = options.keep ?? keepFor(this.#url);
    this.#WebSocket = options.WebSocket;
    this.#key = options.key;
    this.#language = options.language;
    this.#seen = options.after;
    void this.#live();
  }

  get state(): State {
    return this.#state;
  }

  /** What the station said of itself and of this app (`app`, `role`) when it let it in last. */
  get info(): Welcome | undefined {
    return this.#info;
  }

  /** Tells the state now and whenever it changes, until the function that is returned is called. */
  onState(listener: (state: State) => void): () => void {
    this.#onState.add(listener);
    listener(this.#state);
    return () => this.#onState.delete(listener);
  }

  /** Tells events in their order, each once, none left out, also over a loss of the connection. */
  onEvent(listener: (event: Event) => void): () => void {
    this.#onEvent.add(listener);
    return () => this.#onEvent.delete(listener);
  }

  /** Resolves when the state is this one. */
  async reaches(state: State, options: { signal?: AbortSignal } = {}): Promise<void> {
    let stop = () => {};
    const reached = new Promise<void>((resolve) => {
      stop = this.onState((now) => now === state && resolve());
    });
    await unlessAborted(reached, options.signal).finally(() => stop());
  }

  /**
   * Pairs this app by the code that `posd pair` shows, and keeps the key that it gets. The `check_word`
   * is to be shown: the technician compares it.
   */
  async pair(code: string): Promise<Omit<Paired, "key">> {
    this.#hurry();
    const line = this.#open ?? (await new Promise((resolve) => this.#onAttempt.add(resolve)));
    if (line === undefined) throw this.#unreachable();
    const { key, ...paired }: Paired = await line.ask("session.pair", { code });
    await this.#keep.put("key", key);
    this.#key = key;
    await this.#greet(line);
    return paired;
  }

  /** Forgets the app's key. The station still knows it, until `app.revoke`. */
  async unpair(): Promise<void> {
    await this.#keep.delete("key");
    this.#key = undefined;
    this.#open?.close();
  }

  /** Chooses the language of sentences. */
  async speak(language: string): Promise<void> {
    this.#language = language;
    await this.#line?.ask("session.hello", { language });
  }

  /**
   * Asks the station. A refusal is a `StationError`; how a payment ended is a result, whatever the end.
   *
   * What takes an idempotency key is kept before it is sent, and until the caller has had its answer.
   * When the connection is lost meanwhile, the answer is asked for again by the same key. Nothing begins
   * later than it was asked for: without a connection a request is refused (`not_connected`), and one
   * that turns out not to have arrived ends with `never_arrived`, for `repeat` or `forget`.
   *
   * `signal` ends the waiting, not the payment: that is `terminal.abort`.
   */
  async call<M extends Method>(
    method: M,
    params: Asked<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    const line = this.#line;
    if (line === undefined) throw this.#unreachable();
    if (!isKeyed(method)) return unlessAborted(line.ask(method, params), options.signal);
    const given = params as { idempotency_key?: string };
    const key = given.idempotency_key ?? crypto.randomUUID();
    const intent: Intent = {
      key,
      method,
      params: { ...given, idempotency_key: key } as Params<MethodWithKey>,
      at: new Date().toISOString(),
      after: this.#seen ?? 0,
    };
    this.#taken.add(key);
    try {
      await this.#keep.put(this.#place(key), intent);
    } catch (cause) {
      this.#taken.delete(key);
      const text = "The request could not be kept, so it was not sent.";
      throw own("not_kept", text, { retry_safety: "safe", problem: String(cause) });
    }
    return this.#answer(intent, line, true, options.signal);
  }

  /** Requests whose answers nobody here has had or waits for, oldest first: what a reload has left. */
  async pending(): Promise<Intent[]> {
    const kept = (await this.#keep.all(this.#place(""))) as Intent[];
    const left = kept.filter((intent) => !this.#taken.has(intent.key));
    return left.sort((one, other) => (one.at < other.at ? -1 : 1));
  }

  /** The answer of what was asked before, when there is one. Begins nothing: `never_arrived`. */
  async resume<M extends MethodWithKey>(
    intent: Intent<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    return this.#answer(intent, undefined, false, options.signal);
  }

  /** Asks once more under the same key: joins what has begun, and otherwise begins it now. */
  async repeat<M extends MethodWithKey>(
    intent: Intent<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    if (this.#line === undefined) throw this.#unreachable();
    return this.#answer(intent, this.#line, false, options.signal);
  }

  /** As `resume`, but waits also for the end of what is in doubt. That may take days. */
  async ended<M extends MethodWithKey>(
    intent: Intent<M>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Result<M>> {
    for (;;) {
      let stop = () => {};
      const news = new Promise<void>((resolve) => {
        stop = this.onEvent((event) => event.event === "operation_finished" && resolve());
      });
      try {
        const answer = await this.resume(intent, options);
        if (!isInDoubt(answer)) return answer;
        await unlessAborted(news, options.signal);
      } finally {
        stop();
      }
    }
  }

  /** Drops a request that nobody asks about any more. What it has begun goes on. */
  async forget(intent: Intent): Promise<void> {
    this.#taken.add(intent.key);
    await this.#keep.delete(this.#place(intent.key));
    this.#taken.delete(intent.key);
  }

  /** Ends the connection for good. Intents are kept. */
  close(): void {
    this.#setState("closed");
    this.#open?.close();
    this.#hurry();
  }

  async #answer<M extends MethodWithKey>(
    intent: Intent<M>,
    first: Line | undefined,
    isNew: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<M>> {
    this.#taken.add(intent.key);
    let line = first;
    for (;;) {
      try {
        if (line === undefined) {
          line = await unlessAborted(this.#connected(), signal);
          await unlessAborted(hasArrived(line, intent), signal);
        }
        const answer = await unlessAborted(line.ask(intent.method, intent.params), signal);
        await this.#told(intent, answer);
        return answer;
      } catch (error) {
        if (isLost(error) && this.#state !== "closed") {
          line = undefined;
          continue;
        }
        // What is refused at once has never begun; anything else may go on, and is kept.
        if (isNew && line === first && isRefusal(error)) {
          await this.forget(intent);
        } else {
          this.#taken.delete(intent.key);
          if (error instanceof StationError) error.intent = intent;
        }
        throw error;
      }
    }
  }

  /** The caller is about to have this answer: an end is dropped after that, a doubt is kept. */
  async #told(intent: Intent, answer: unknown): Promise<void> {
    if (isInDoubt(answer)) {
      // What was kept first knows more than an intent that somebody has made up from its key.
      const kept = (await this.#keep.get(this.#place(intent.key))) as Intent | undefined;
      const doubt = { ...intent, ...kept, operation_id: answer.operation_id };
      await this.#keep.put(this.#place(intent.key), doubt);
      this.#taken.delete(intent.key);
      return;
    }
    // Should the page end before, the next one asks again and is told the same.
    setTimeout(() => this.forget(intent).catch(() => {}));
  }

  #place(key: string): string {
    return `intent/${this.#name}/${key}`;
  }

  #unreachable(): StationError {
    const text = "The station cannot be reached.";
    return own("not_connected", text, { retry_safety: "safe", state: this.#state });
  }

  async #connected(): Promise<Line> {
    while (this.#line === undefined) {
      if (this.#isClosed()) throw own("closed", "The connection was closed.");
      let stop = () => {};
      await new Promise<void>((resolve) => {
        const before = this.#state;
        stop = this.onState((state) => state !== before && resolve());
      });
      stop();
    }
    return this.#line;
  }

  /** Connects, stays as long as the connection does, rests, and so on. */
  async #live(): Promise<void> {
    let rest = REST_FIRST_MS;
    while (!this.#isClosed()) {
      if (await this.#visit()) rest = REST_FIRST_MS;
      if (this.#isClosed()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.#hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#hurry = () => {};
      rest = Math.min(rest * 2, REST_LONGEST_MS);
    }
  }

  /** One connection from its beginning to its end: whether it came to one. */
  async #visit(): Promise<boolean> {
    const line = await Line.open(this.#url, this.#WebSocket, (event, from) => {
      if (from === this.#open) this.#take(event);
    });
    const state = line ?? (await whyNot(this.#url));
    if (this.#isClosed()) line?.close();
    this.#open = line;
    if (line === undefined) {
      this.#setState(state as State);
    } else {
      // What goes wrong here goes wrong with the connection: the next one is asked again.
      await this.#greet(line).catch(() => line.close());
    }
    for (const waiter of this.#onAttempt) waiter(line);
    this.#onAttempt.clear();
    await line?.closed;
    this.#open = this.#line = undefined;
    if (line !== undefined) this.#setState("connecting");
    return line !== undefined;
  }

  /** Shows the app's key and takes up the events where they were left. */
  async #greet(line: Line): Promise<void> {
    // Who cannot read what it has kept has no key.
    const key = this.#key ?? (await this.#keep.get("key").catch(() => undefined));
    if (typeof key !== "string") return this.#setState("not_paired");
    const language = this.#language === undefined ? {} : { language: this.#language };
    try {
      this.#info = await line.ask("session.hello", { key, ...language });
    } catch (error) {
      if (error instanceof StationError && error.code === "unauthorized") {
        return this.#setState("not_paired");
      }
      throw error;
    }
    this.#early = [];
    await this.#subscribe(line);
    this.#line = line;
    this.#setState("connected");
    for (const event of this.#early.splice(0)) this.#take(event);
  }

  /** From the last event on; after a reload from what came before the oldest request that is left. */
  async #subscribe(line: Line): Promise<void> {
    if (this.#seen === undefined) {
      const after = (await this.pending().catch(() => [])).map((intent) => intent.after);
      if (after.length > 0) this.#seen = Math.min(...after);
    }
    const subscribe = (params: object) => line.ask("events.subscribe", params);
    if (this.#seen === undefined) {
      const { last_seq } = await subscribe({});
      this.#seen ??= last_seq;
      return;
    }
    try {
      await subscribe({ after: this.#seen });
    } catch (error) {
      if (!(error instanceof StationError) || error.data.field !== "after") throw error;
      // Another journal than the one before: it counts anew.
      this.#seen = undefined;
      await this.#subscribe(line);
    }
  }

  #take(event: Event): void {
    if (this.#line === undefined) {
      this.#early.push(event);
      return;
    }
    if (this.#seen !== undefined && event.seq <= this.#seen) return;
    this.#seen = event.seq;
    for (const listener of [...this.#onEvent]) listener(event);
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }

  #setState(state: State): void {
    if (this.#state === state || this.#isClosed()) return;
    this.#state = state;
    for (const listener of [...this.#onState]) listener(state);
  }
}

/** One connection: questions out, answers and events in. */
class Line {
  readonly closed: Promise<void>;
  readonly #socket: WebSocketLike;
  readonly #asked = new Map<number, Waiter>();
  #lastId = 0;
  #isOpen = true;
  #lose = () => {};
  /** Whether it has said anything since it was listened for last, and whether it was asked to since. */
  #hasSpoken = true;
  #isAsked = false;

  /** A connection, or nothing. */
  static open(
    url: string,
    WebSocket: WebSocketConstructor | undefined,
    onEvent: (event: Event, from: Line) => void,
  ): Promise<Line | undefined> {
    const socket = new (WebSocket ?? globalThis.WebSocket)(url, PROTOCOL) as WebSocketLike;
    return new Promise((resolve) => {
      socket.addEventListener("open", () => resolve(new Line(socket, onEvent)));
      socket.addEventListener("close", () => resolve(undefined));
      // Without a listener some implementations throw; `close` follows.
      socket.addEventListener("error", () => {});
    });
  }

  constructor(socket: WebSocketLike, onEvent: (event: Event, from: Line) => void) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (!this.#isOpen) return;
      this.#hasSpoken = true;
      const { id, method, params, result, error } = JSON.parse(data);
      if (method === "event") return onEvent(params, this);
      const waiter = this.#asked.get(id);
      this.#asked.delete(id);
      if (error === undefined) waiter?.resolve(result);
      else waiter?.reject(new StationError(error.message, error.data ?? {}));
    });
    const listening = setInterval(() => this.#listen(), LISTEN_MS);
    this.closed = new Promise((resolve) => {
      this.#lose = () => {
        clearInterval(listening);
        this.#isOpen = false;
        for (const waiter of this.#asked.values()) waiter.reject(lost());
        this.#asked.clear();
        resolve();
      };
      socket.addEventListener("close", this.#lose);
    });
  }

  ask(method: string, params: unknown): Promise<any> {
    if (!this.#isOpen) return Promise.reject(lost());
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  /** Does not wait for the other side, which may not be there. */
  close(): void {
    this.#socket.close();
    this.#lose();
  }

  /** A cable that was pulled tells nobody: who is silent is asked something, and given up the next time. */
  #listen(): void {
    const isSilent = !this.#hasSpoken;
    this.#hasSpoken = false;
    if (isSilent && this.#isAsked) return this.close();
    this.#isAsked = isSilent;
    if (isSilent) this.ask("station.info", {}).catch(() => {});
  }
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: StationError): void;
}

/** Whether the station knows of a request. Where it does, asking again begins nothing. */
async function hasArrived(line: Line, intent: Intent): Promise<void> {
  try {
    await line.ask("operation.get", { idempotency_key: intent.key });
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== "not_found") throw error;
    const text = "The station has not heard of this request. Ask again, or forget it.";
    throw own("never_arrived", text, { next_action: "retry" });
  }
}

/** Why there is no connection, as far as a browser tells. */
async function whyNot(url: string): Promise<State> {
  const station = new URL(url.replace(/^ws/, "http"));
  const here = globalThis.location?.hostname;
  // Pages of this machine are not asked about.
  if (here !== undefined && !isLoopback(here)) {
    const permission = isLoopback(station.hostname) ? "loopback-network" : "local-network";
    const policy = (globalThis.document as any)?.featurePolicy;
    if (policy?.features().includes(permission) && !policy.allowsFeature(permission)) {
      return "frame_not_delegated";
    }
    const asked = { name: permission as PermissionName };
    // A browser that does not know this permission does not ask for it.
    const answer = await navigator.permissions?.query(asked).catch(() => undefined);
    if (answer?.state === "denied") return "permission_denied";
  }
  // A browser tells nothing of a handshake that was refused. Whoever answers here is running.
  const isThere = fetch(station.origin, { mode: "no-cors", signal: AbortSignal.timeout(2_000) });
  return isThere.then(() => "not_paired", () => "not_running");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}

/** Resolves as the promise does, unless the signal comes before. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => signal.removeEventListener("abort", abort);
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
  return Promise.race([promise, aborted]).finally(stop);
}

/** An error of the client's own: what the station would say, it does not know. */
function own(code: string, message: string, more: Trouble = {}): StationError {
  return new StationError(message, { code, next_action: "wait", retryable: true, ...more });
}

function lost(): StationError {
  return own("connection_lost", "The connection to the station was lost.");
}

function isKeyed(method: Method): method is MethodWithKey {
  return Object.hasOwn(KEYED, method);
}

function isLost(error: unknown): boolean {
  return error instanceof StationError && error.code === "connection_lost";
}

function isRefusal(error: unknown): boolean {
  return error instanceof StationError && error.retry_safety !== "ask_first";
}

function isInDoubt(answer: unknown): answer is OperationResult {
  return (answer as Partial<OperationResult> | undefined)?.outcome === "in_doubt";
}

/** A keep that outlasts the page, where there is one. */
function keepFor(url: string): Keep {
  return globalThis.indexedDB === undefined ? new MemoryKeep() : new IndexedDbKeep(`posd ${url}`);
}

/** Keeps as long as the process lives. */
export class MemoryKeep implements Keep {
  readonly #values = new Map<string, unknown>();

  async get(name: string): Promise<unknown> {
    return this.#values.get(name);
  }

  async put(name: string, value: unknown): Promise<void> {
    this.#values.set(name, structuredClone(value));
  }

  async delete(name: string): Promise<void> {
    this.#values.delete(name);
  }

  async all(prefix: string): Promise<unknown[]> {
    const found = [...this.#values].filter(([name]) => name.startsWith(prefix));
    return found.map(([, value]) => structuredClone(value));
  }
}

/** Keeps in the browser, for all pages of one origin. */
export class IndexedDbKeep implements Keep {
  readonly #database: Promise<IDBDatabase>;

  constructor(name: string) {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEPT);
    this.#database = resultOf(opening);
    // Who asks is told.
    this.#database.catch(() => {});
  }

  async get(name: string): Promise<unknown> {
    return resultOf((await this.#kept("readonly")).get(name));
  }

  async put(name: string, value: unknown): Promise<void> {
    await this.#change((kept) => kept.put(value, name));
  }

  async delete(name: string): Promise<void> {
    await this.#change((kept) => kept.delete(name));
  }

  async all(prefix: string): Promise<unknown[]> {
    const names = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return resultOf((await this.#kept("readonly")).getAll(names));
  }

  async #kept(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    const database = await this.#database;
    return database.transaction(KEPT, mode, { durability: "strict" }).objectStore(KEPT);
  }

  /** Resolves when the change is on the disk. */
  async #change(change: (kept: IDBObjectStore) => void): Promise<void> {
    const kept = await this.#kept("readwrite");
    change(kept);
    await new Promise<void>((resolve, reject) => {
      kept.transaction.oncomplete = () => resolve();
      kept.transaction.onabort = () => reject(kept.transaction.error);
    });
  }
}

const KEPT = "kept";

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
