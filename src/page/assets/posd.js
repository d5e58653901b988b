/**
 * Client of posd, the point-of-sale terminal daemon. One file, no dependency, for browsers and Node.
 *
 * What it takes off a POS app's hands: it connects and connects again, misses no event and tells none
 * twice, and makes and keeps an idempotency key for each request that moves money, before it is sent,
 * so that an app that was reloaded in mid-payment finds its payment again.
 */
/** Why a request was not carried out, or why its answer is not known here. Decide by `code`. */
export class StationError extends Error {
    name = "StationError";
    /** Stable. The client's own are `not_connected`, `not_kept`, `connection_lost`, `never_arrived`, `closed`. */
    code;
    /** For the customer; nothing about how the shop works inside. */
    customer_message;
    next_action;
    retryable;
    retry_safety;
    refs;
    /** All that was told, such as `field`, `problem`, `available_minor`, `needs`. */
    data;
    /** What is kept of the request, where its end is not known. */
    intent;
    constructor(message, data) {
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
const KEYED = {
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
    #url;
    #name;
    #keep;
    #WebSocket;
    #key;
    #language;
    #state = "connecting";
    #info;
    /** The last event that was told. */
    #seen;
    /** There as soon as there is a connection. */
    #open;
    /** There when the station has let this app in. */
    #line;
    /** Events that came before the app was told that it is connected: it may only then listen. */
    #early = [];
    /** Ends the pause before the next attempt to connect. */
    #hurry = () => { };
    #onState = new Set();
    #onEvent = new Set();
    /** Who waits for the end of an attempt to connect. */
    #onAttempt = new Set();
    /** Keys of intents whose answers somebody waits for, or has had. */
    #taken = new Set();
    /** Connects, and goes on doing so until it is closed. */
    constructor(options = {}) {
        this.#url = options.url ?? URL_HERE;
        this.#name = options.name ?? "app";
        this.#keep = options.keep ?? keepFor(this.#url);
        this.#WebSocket = options.WebSocket;
        this.#key = options.key;
        this.#language = options.language;
        this.#seen = options.after;
        void this.#live();
    }
    get state() {
        return this.#state;
    }
    /** What the station said of itself and of this app (`app`, `role`) when it let it in last. */
    get info() {
        return this.#info;
    }
    /** Tells the state now and whenever it changes, until the function that is returned is called. */
    onState(listener) {
        this.#onState.add(listener);
        listener(this.#state);
        return () => this.#onState.delete(listener);
    }
    /** Tells events in their order, each once, none left out, also over a loss of the connection. */
    onEvent(listener) {
        this.#onEvent.add(listener);
        return () => this.#onEvent.delete(listener);
    }
    /** Resolves when the state is this one. */
    async reaches(state, options = {}) {
        let stop = () => { };
        const reached = new Promise((resolve) => {
            stop = this.onState((now) => now === state && resolve());
        });
        await unlessAborted(reached, options.signal).finally(() => stop());
    }
    /**
     * Pairs this app by the code that `posd pair` shows, and keeps the key that it gets. The `check_word`
     * is to be shown: the technician compares it.
     */
    async pair(code) {
        this.#hurry();
        const line = this.#open ?? (await new Promise((resolve) => this.#onAttempt.add(resolve)));
        if (line === undefined)
            throw this.#unreachable();
        const { key, ...paired } = await line.ask("session.pair", { code });
        await this.#keep.put("key", key);
        this.#key = key;
        await this.#greet(line);
        return paired;
    }
    /** Forgets the app's key. The station still knows it, until `app.revoke`. */
    async unpair() {
        await this.#keep.delete("key");
        this.#key = undefined;
        this.#open?.close();
    }
    /** Chooses the language of sentences. */
    async speak(language) {
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
    async call(method, params, options = {}) {
        const line = this.#line;
        if (line === undefined)
            throw this.#unreachable();
        if (!isKeyed(method))
            return unlessAborted(line.ask(method, params), options.signal);
        const given = params;
        const key = given.idempotency_key ?? crypto.randomUUID();
        const intent = {
            key,
            method,
            params: { ...given, idempotency_key: key },
            at: new Date().toISOString(),
            after: this.#seen ?? 0,
        };
        this.#taken.add(key);
        try {
            await this.#keep.put(this.#place(key), intent);
        }
        catch (cause) {
            this.#taken.delete(key);
            const text = "The request could not be kept, so it was not sent.";
            throw own("not_kept", text, { retry_safety: "safe", problem: String(cause) });
        }
        return this.#answer(intent, line, true, options.signal);
    }
    /** Requests whose answers nobody here has had or waits for, oldest first: what a reload has left. */
    async pending() {
        const kept = (await this.#keep.all(this.#place("")));
        const left = kept.filter((intent) => !this.#taken.has(intent.key));
        return left.sort((one, other) => (one.at < other.at ? -1 : 1));
    }
    /** The answer of what was asked before, when there is one. Begins nothing: `never_arrived`. */
    async resume(intent, options = {}) {
        return this.#answer(intent, undefined, false, options.signal);
    }
    /** Asks once more under the same key: joins what has begun, and otherwise begins it now. */
    async repeat(intent, options = {}) {
        if (this.#line === undefined)
            throw this.#unreachable();
        return this.#answer(intent, this.#line, false, options.signal);
    }
    /** As `resume`, but waits also for the end of what is in doubt. That may take days. */
    async ended(intent, options = {}) {
        for (;;) {
            let stop = () => { };
            const news = new Promise((resolve) => {
                stop = this.onEvent((event) => event.event === "operation_finished" && resolve());
            });
            try {
                const answer = await this.resume(intent, options);
                if (!isInDoubt(answer))
                    return answer;
                await unlessAborted(news, options.signal);
            }
            finally {
                stop();
            }
        }
    }
    /** Drops a request that nobody asks about any more. What it has begun goes on. */
    async forget(intent) {
        this.#taken.add(intent.key);
        await this.#keep.delete(this.#place(intent.key));
        this.#taken.delete(intent.key);
    }
    /** Ends the connection for good. Intents are kept. */
    close() {
        this.#setState("closed");
        this.#open?.close();
        this.#hurry();
    }
    async #answer(intent, first, isNew, signal) {
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
            }
            catch (error) {
                if (isLost(error) && this.#state !== "closed") {
                    line = undefined;
                    continue;
                }
                // What is refused at once has never begun; anything else may go on, and is kept.
                if (isNew && line === first && isRefusal(error)) {
                    await this.forget(intent);
                }
                else {
                    this.#taken.delete(intent.key);
                    if (error instanceof StationError)
                        error.intent = intent;
                }
                throw error;
            }
        }
    }
    /** The caller is about to have this answer: an end is dropped after that, a doubt is kept. */
    async #told(intent, answer) {
        if (isInDoubt(answer)) {
            // What was kept first knows more than an intent that somebody has made up from its key.
            const kept = (await this.#keep.get(this.#place(intent.key)));
            const doubt = { ...intent, ...kept, operation_id: answer.operation_id };
            await this.#keep.put(this.#place(intent.key), doubt);
            this.#taken.delete(intent.key);
            return;
        }
        // Should the page end before, the next one asks again and is told the same.
        setTimeout(() => this.forget(intent).catch(() => { }));
    }
    #place(key) {
        return `intent/${this.#name}/${key}`;
    }
    #unreachable() {
        const text = "The station cannot be reached.";
        return own("not_connected", text, { retry_safety: "safe", state: this.#state });
    }
    async #connected() {
        while (this.#line === undefined) {
            if (this.#isClosed())
                throw own("closed", "The connection was closed.");
            let stop = () => { };
            await new Promise((resolve) => {
                const before = this.#state;
                stop = this.onState((state) => state !== before && resolve());
            });
            stop();
        }
        return this.#line;
    }
    /** Connects, stays as long as the connection does, rests, and so on. */
    async #live() {
        let rest = REST_FIRST_MS;
        while (!this.#isClosed()) {
            if (await this.#visit())
                rest = REST_FIRST_MS;
            if (this.#isClosed())
                return;
            await new Promise((resolve) => {
                const timer = setTimeout(resolve, rest);
                this.#hurry = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
            this.#hurry = () => { };
            rest = Math.min(rest * 2, REST_LONGEST_MS);
        }
    }
    /** One connection from its beginning to its end: whether it came to one. */
    async #visit() {
        const line = await Line.open(this.#url, this.#WebSocket, (event, from) => {
            if (from === this.#open)
                this.#take(event);
        });
        const state = line ?? (await whyNot(this.#url));
        if (this.#isClosed())
            line?.close();
        this.#open = line;
        if (line === undefined) {
            this.#setState(state);
        }
        else {
            // What goes wrong here goes wrong with the connection: the next one is asked again.
            await this.#greet(line).catch(() => line.close());
        }
        for (const waiter of this.#onAttempt)
            waiter(line);
        this.#onAttempt.clear();
        await line?.closed;
        this.#open = this.#line = undefined;
        if (line !== undefined)
            this.#setState("connecting");
        return line !== undefined;
    }
    /** Shows the app's key and takes up the events where they were left. */
    async #greet(line) {
        // Who cannot read what it has kept has no key.
        const key = this.#key ?? (await this.#keep.get("key").catch(() => undefined));
        if (typeof key !== "string")
            return this.#setState("not_paired");
        const language = this.#language === undefined ? {} : { language: this.#language };
        try {
            this.#info = await line.ask("session.hello", { key, ...language });
        }
        catch (error) {
            if (error instanceof StationError && error.code === "unauthorized") {
                return this.#setState("not_paired");
            }
            throw error;
        }
        this.#early = [];
        await this.#subscribe(line);
        this.#line = line;
        this.#setState("connected");
        for (const event of this.#early.splice(0))
            this.#take(event);
    }
    /** From the last event on; after a reload from what came before the oldest request that is left. */
    async #subscribe(line) {
        if (this.#seen === undefined) {
            const after = (await this.pending().catch(() => [])).map((intent) => intent.after);
            if (after.length > 0)
                this.#seen = Math.min(...after);
        }
        const subscribe = (params) => line.ask("events.subscribe", params);
        if (this.#seen === undefined) {
            const { last_seq } = await subscribe({});
            this.#seen ??= last_seq;
            return;
        }
        try {
            await subscribe({ after: this.#seen });
        }
        catch (error) {
            if (!(error instanceof StationError) || error.data.field !== "after")
                throw error;
            // Another journal than the one before: it counts anew.
            this.#seen = undefined;
            await this.#subscribe(line);
        }
    }
    #take(event) {
        if (this.#line === undefined) {
            this.#early.push(event);
            return;
        }
        if (this.#seen !== undefined && event.seq <= this.#seen)
            return;
        this.#seen = event.seq;
        for (const listener of [...this.#onEvent])
            listener(event);
    }
    #isClosed() {
        return this.#state === "closed";
    }
    #setState(state) {
        if (this.#state === state || this.#isClosed())
            return;
        this.#state = state;
        for (const listener of [...this.#onState])
            listener(state);
    }
}
/** One connection: questions out, answers and events in. */
class Line {
    closed;
    #socket;
    #asked = new Map();
    #lastId = 0;
    #isOpen = true;
    #lose = () => { };
    /** Whether it has said anything since it was listened for last, and whether it was asked to since. */
    #hasSpoken = true;
    #isAsked = false;
    /** A connection, or nothing. */
    static open(url, WebSocket, onEvent) {
        const socket = new (WebSocket ?? globalThis.WebSocket)(url, PROTOCOL);
        return new Promise((resolve) => {
            socket.addEventListener("open", () => resolve(new Line(socket, onEvent)));
            socket.addEventListener("close", () => resolve(undefined));
            // Without a listener some implementations throw; `close` follows.
            socket.addEventListener("error", () => { });
        });
    }
    constructor(socket, onEvent) {
        this.#socket = socket;
        socket.addEventListener("message", ({ data }) => {
            if (!this.#isOpen)
                return;
            this.#hasSpoken = true;
            const { id, method, params, result, error } = JSON.parse(data);
            if (method === "event")
                return onEvent(params, this);
            const waiter = this.#asked.get(id);
            this.#asked.delete(id);
            if (error === undefined)
                waiter?.resolve(result);
            else
                waiter?.reject(new StationError(error.message, error.data ?? {}));
        });
        const listening = setInterval(() => this.#listen(), LISTEN_MS);
        this.closed = new Promise((resolve) => {
            this.#lose = () => {
                clearInterval(listening);
                this.#isOpen = false;
                for (const waiter of this.#asked.values())
                    waiter.reject(lost());
                this.#asked.clear();
                resolve();
            };
            socket.addEventListener("close", this.#lose);
        });
    }
    ask(method, params) {
        if (!this.#isOpen)
            return Promise.reject(lost());
        const id = ++this.#lastId;
        this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
        return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    }
    /** Does not wait for the other side, which may not be there. */
    close() {
        this.#socket.close();
        this.#lose();
    }
    /** A cable that was pulled tells nobody: who is silent is asked something, and given up the next time. */
    #listen() {
        const isSilent = !this.#hasSpoken;
        this.#hasSpoken = false;
        if (isSilent && this.#isAsked)
            return this.close();
        this.#isAsked = isSilent;
        if (isSilent)
            this.ask("station.info", {}).catch(() => { });
    }
}
/** Whether the station knows of a request. Where it does, asking again begins nothing. */
async function hasArrived(line, intent) {
    try {
        await line.ask("operation.get", { idempotency_key: intent.key });
    }
    catch (error) {
        if (!(error instanceof StationError) || error.code !== "not_found")
            throw error;
        const text = "The station has not heard of this request. Ask again, or forget it.";
        throw own("never_arrived", text, { next_action: "retry" });
    }
}
/** Why there is no connection, as far as a browser tells. */
async function whyNot(url) {
    const station = new URL(url.replace(/^ws/, "http"));
    const here = globalThis.location?.hostname;
    // Pages of this machine are not asked about.
    if (here !== undefined && !isLoopback(here)) {
        const permission = isLoopback(station.hostname) ? "loopback-network" : "local-network";
        const policy = globalThis.document?.featurePolicy;
        if (policy?.features().includes(permission) && !policy.allowsFeature(permission)) {
            return "frame_not_delegated";
        }
        const asked = { name: permission };
        // A browser that does not know this permission does not ask for it.
        const answer = await navigator.permissions?.query(asked).catch(() => undefined);
        if (answer?.state === "denied")
            return "permission_denied";
    }
    // A browser tells nothing of a handshake that was refused. Whoever answers here is running.
    const isThere = fetch(station.origin, { mode: "no-cors", signal: AbortSignal.timeout(2_000) });
    return isThere.then(() => "not_paired", () => "not_running");
}
function isLoopback(host) {
    return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}
/** Resolves as the promise does, unless the signal comes before. */
function unlessAborted(promise, signal) {
    if (signal === undefined)
        return promise;
    let stop = () => { };
    const aborted = new Promise((_, reject) => {
        stop = () => signal.removeEventListener("abort", abort);
        const abort = () => reject(signal.reason);
        if (signal.aborted)
            abort();
        else
            signal.addEventListener("abort", abort);
    });
    return Promise.race([promise, aborted]).finally(stop);
}
/** An error of the client's own: what the station would say, it does not know. */
function own(code, message, more = {}) {
    return new StationError(message, { code, next_action: "wait", retryable: true, ...more });
}
function lost() {
    return own("connection_lost", "The connection to the station was lost.");
}
function isKeyed(method) {
    return Object.hasOwn(KEYED, method);
}
function isLost(error) {
    return error instanceof StationError && error.code === "connection_lost";
}
function isRefusal(error) {
    return error instanceof StationError && error.retry_safety !== "ask_first";
}
function isInDoubt(answer) {
    return answer?.outcome === "in_doubt";
}
/** A keep that outlasts the page, where there is one. */
function keepFor(url) {
    return globalThis.indexedDB === undefined ? new MemoryKeep() : new IndexedDbKeep(`posd ${url}`);
}
/** Keeps as long as the process lives. */
export class MemoryKeep {
    #values = new Map();
    async get(name) {
        return this.#values.get(name);
    }
    async put(name, value) {
        this.#values.set(name, structuredClone(value));
    }
    async delete(name) {
        this.#values.delete(name);
    }
    async all(prefix) {
        const found = [...this.#values].filter(([name]) => name.startsWith(prefix));
        return found.map(([, value]) => structuredClone(value));
    }
}
/** Keeps in the browser, for all pages of one origin. */
export class IndexedDbKeep {
    #database;
    constructor(name) {
        const opening = indexedDB.open(name, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(KEPT);
        this.#database = resultOf(opening);
        // Who asks is told.
        this.#database.catch(() => { });
    }
    async get(name) {
        return resultOf((await this.#kept("readonly")).get(name));
    }
    async put(name, value) {
        await this.#change((kept) => kept.put(value, name));
    }
    async delete(name) {
        await this.#change((kept) => kept.delete(name));
    }
    async all(prefix) {
        const names = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        return resultOf((await this.#kept("readonly")).getAll(names));
    }
    async #kept(mode) {
        const database = await this.#database;
        return database.transaction(KEPT, mode, { durability: "strict" }).objectStore(KEPT);
    }
    /** Resolves when the change is on the disk. */
    async #change(change) {
        const kept = await this.#kept("readwrite");
        change(kept);
        await new Promise((resolve, reject) => {
            kept.transaction.oncomplete = () => resolve();
            kept.transaction.onabort = () => reject(kept.transaction.error);
        });
    }
}
const KEPT = "kept";
function resultOf(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
