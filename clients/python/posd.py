"""Client of posd, the point-of-sale terminal daemon, in one file and without dependencies.

It connects and connects again, misses no event and tells none twice, and keeps an idempotency key for
every request that moves money, so that a program that died in mid-payment finds its payment again.

    with Station("ws://127.0.0.1:8471/v1", keep="till.db") as station:
        station.pair(code)                       # once: the code that `posd pair` shows
        for intent in station.pending():         # what the program before has left
            finish(station.resume(intent))
        try:
            finish(station.call("payment.sale", amount_minor=12900, currency="NOK"))
        except StationError as error:
            show(error.message, error.next_action)

docs/api.md says what the methods take and give.
"""

import base64
import dataclasses
import hashlib
import json
import os
import socket
import sqlite3
import ssl
import struct
import threading
import uuid
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

__all__ = ["Intent", "Station", "StationError", "METHODS_WITH_KEY"]

#: They move money, or change what must not be changed twice: each takes an idempotency key.
METHODS_WITH_KEY = frozenset(
    {
        "deposit.take",
        "deposit.tokenize",
        "nfc.bind",
        "operation.park",
        "operation.resolve",
        "order.cancel",
        "order.put",
        "order.ship",
        "payment.authorize",
        "payment.capture",
        "payment.refund",
        "payment.sale",
        "payment.void",
        "payment.write_off",
        "pickup.capture",
        "terminal.reconcile",
    }
)

Event = dict[str, Any]


class StationError(Exception):
    """A request that was not carried out. Decide by `code`, never by a sentence.

    Codes of the client itself: `not_connected` (nothing was sent), `connection_lost` (of a question:
    ask again; of what moves money: it is pending), `never_arrived` (the station has not heard of this request) and `closed`.
    """

    def __init__(self, code: str, message: str, data: Optional[dict[str, Any]] = None):
        self.code = code
        #: For the cashier, in the language of the session.
        self.message = message
        #: Everything else that the station said: see "Errors" in docs/api.md.
        self.data = data or {}
        # For the developer, who reads it in a trace: which parameter is wrong, and why.
        why = [self.data[name] for name in ("field", "problem") if name in self.data]
        super().__init__(f"{code}: {message}" + (f" ({' '.join(why)})" if why else ""))

    @property
    def next_action(self) -> str:
        """What the cashier should do."""
        return self.data.get("next_action", "call_support")

    @property
    def retryable(self) -> bool:
        """Whether the same request can succeed later."""
        return self.data.get("retryable", False)


@dataclasses.dataclass(frozen=True)
class Intent:
    """A request that was kept before it was sent, and whose end this program has not had yet."""

    key: str
    method: str
    params: dict[str, Any]


class Station:
    """A station, by its address. Everything may be called from any thread.

    `keep` is a file for the app's key, its intents and its place among the events; it holds secrets and is
    made readable by its owner alone. Without it they are gone with the program. Who has a key from
    elsewhere gives it as `key`. `on_event` is called for every event, in their sequence, from one
    thread of the client: what takes long, or calls the station, belongs elsewhere.
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:8471/v1",
        *,
        key: Optional[str] = None,
        keep: Optional[str] = None,
        language: Optional[str] = None,
        on_event: Optional[Callable[[Event], None]] = None,
        timeout: float = 10.0,
    ):
        self._url = url
        self._keep = _Keep(keep)
        self._key = key or self._keep.get("key")
        self._language = language
        self._on_event = on_event
        self._timeout = timeout
        self._changed = threading.Condition()
        self._link: Optional[_Link] = None
        self._is_closed = False
        self._refused: Optional[StationError] = None
        #: What `session.hello` said last.
        self.info: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._run, name="posd", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection. What was asked stays pending."""
        with self._changed:
            self._is_closed = True
            link = self._link
            self._changed.notify_all()
        if link is not None:
            link.close()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._keep.close()

    def pair(self, code: str) -> dict[str, Any]:
        """Gets this app's key by the code that `posd pair` shows, and keeps it. Gives what to show: `check_word`."""
        link = _Link(self._url, self._timeout)
        try:
            paired = link.call("session.pair", {"code": code}, self._timeout)
        finally:
            link.close()
        with self._changed:
            self._key = paired.pop("key")
            self._keep.put("key", self._key)
            self._refused = None
            self._changed.notify_all()
        self.wait_connected()
        return paired

    def wait_connected(self, timeout: Optional[float] = None) -> None:
        """Waits until the station has let this app in."""
        with self._changed:
            linked = lambda: self._link is not None and not self._link.ended.is_set()
            ready = lambda: linked() or self._refused or self._is_closed
            if not self._changed.wait_for(ready, timeout or self._timeout):
                raise StationError("not_connected", f"posd does not answer at {self._url}")
            if self._is_closed:
                raise StationError("closed", "this client was closed")
            if self._link is None and self._refused is not None:
                raise self._refused

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Calls a method and gives its result; raises `StationError` when it was not carried out.

        A method that moves money gets an idempotency key, which is kept before anything is sent and until its end is
        known. Over a lost connection the answer is asked for again by that key.
        """
        if method not in METHODS_WITH_KEY:
            return self._connected().call(method, params)
        params.setdefault("idempotency_key", str(uuid.uuid4()))
        intent = Intent(params["idempotency_key"], method, params)
        link = self._connected()
        self._keep.add(intent)
        return self._ask(intent, link)

    def pending(self) -> list[Intent]:
        """What was asked and has no known end yet: after a crash, and what is in doubt."""
        return self._keep.intents()

    def resume(self, intent: Intent) -> dict[str, Any]:
        """Gives the answer to an intent. It begins nothing: what never reached the station raises `never_arrived`."""
        while True:
            link = self._connected()
            try:
                link.call("operation.get", {"idempotency_key": intent.key})
            except _Lost:
                continue
            except StationError as error:
                if error.code != "not_found":
                    raise
                message = "the station has not heard of this request"
                raise StationError("never_arrived", message) from None
            return self._ask(intent, link)

    def repeat(self, intent: Intent) -> dict[str, Any]:
        """Asks again by the same key, whatever became of it. It never happens twice."""
        return self._ask(intent, self._connected())

    def forget(self, intent: Intent) -> None:
        """Drops an intent."""
        self._keep.drop(intent)

    def _ask(self, intent: Intent, link: "_Link") -> dict[str, Any]:
        try:
            result = link.call(intent.method, intent.params)
        except _Lost:
            try:
                return self.resume(intent)
            except StationError as error:
                if error.code == "not_connected":
                    raise _Lost() from None
                raise
        except StationError:
            # Refused: it never began.
            self._keep.drop(intent)
            raise
        if result.get("outcome") != "in_doubt":
            self._keep.drop(intent)
        return result

    def _connected(self) -> "_Link":
        self.wait_connected()
        with self._changed:
            if self._link is None:
                raise StationError("not_connected", f"posd does not answer at {self._url}")
            return self._link

    def _run(self) -> None:
        """Connects, and connects again, until it is closed."""
        pause = 0.05
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or (self._key and not self._refused))
                if self._is_closed:
                    return
                key = self._key
            link = None
            try:
                link = _Link(self._url, self._timeout)
                self._enter(link, key)
                pause = 0.05
                link.ended.wait()
            except StationError as error:
                if error.code == "unauthorized":
                    with self._changed:
                        self._refused = error
                        self._changed.notify_all()
            except OSError:
                pass
            finally:
                with self._changed:
                    self._link = None
                if link is not None:
                    link.close()
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed, pause)
            pause = min(pause * 2, 2.0)

    def _enter(self, link: "_Link", key: str) -> None:
        hello = {"key": key} | ({"language": self._language} if self._language else {})
        self.info = link.call("session.hello", hello, self._timeout)
        link.on_event = self._take
        after = self._keep.get("after")
        try:
            told = link.call("events.subscribe", {} if after is None else {"after": int(after)}, self._timeout)
        except StationError as error:
            if error.code != "invalid_params":
                raise
            # Another journal, which counts its events anew.
            self._keep.put("after", None)
            told = link.call("events.subscribe", {}, self._timeout)
        if self._keep.get("after") is None:
            self._keep.put("after", str(told["last_seq"]))
        with self._changed:
            if self._is_closed:
                return link.close()
            self._link = link
            self._changed.notify_all()

    def _take(self, event: Event) -> None:
        after = self._keep.get("after")
        if after is not None and event["seq"] <= int(after):
            return
        if self._on_event is not None:
            self._on_event(event)
        # After it was told: who died over it hears of it again.
        self._keep.put("after", str(event["seq"]))


class _Lost(StationError):
    """The connection ended before the answer came."""

    def __init__(self) -> None:
        super().__init__("connection_lost", "the connection to the station was lost")


class _Keep:
    """A small SQLite file, or memory."""

    def __init__(self, path: Optional[str]):
        if path is not None:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS word (name TEXT PRIMARY KEY, value TEXT)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS intent (key TEXT PRIMARY KEY, method TEXT NOT NULL, params TEXT NOT NULL)"
        )

    def _do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def get(self, name: str) -> Optional[str]:
        rows = self._do("SELECT value FROM word WHERE name = ?", name)
        return rows[0][0] if rows else None

    def put(self, name: str, value: Optional[str]) -> None:
        self._do("INSERT OR REPLACE INTO word VALUES (?, ?)", name, value)

    def add(self, intent: Intent) -> None:
        params = json.dumps(intent.params)
        self._do("INSERT OR REPLACE INTO intent VALUES (?, ?, ?)", intent.key, intent.method, params)

    def drop(self, intent: Intent) -> None:
        self._do("DELETE FROM intent WHERE key = ?", intent.key)

    def intents(self) -> list[Intent]:
        rows = self._do("SELECT key, method, params FROM intent ORDER BY rowid")
        return [Intent(key, method, json.loads(params)) for key, method, params in rows]

    def close(self) -> None:
        with self._lock:
            self._db.close()


class _Link:
    """One connection: a WebSocket (RFC 6455) with JSON-RPC 2.0 in text frames."""

    def __init__(self, url: str, timeout: float):
        self.ended = threading.Event()
        self.on_event: Optional[Callable[[Event], None]] = None
        self._lock = threading.Condition()
        self._next_id = 1
        self._answers: dict[int, Optional[dict[str, Any]]] = {}
        parts = urlsplit(url)
        encrypted = parts.scheme == "wss"
        host = parts.hostname or "127.0.0.1"
        port = parts.port or (443 if encrypted else 80)
        raw = socket.create_connection((host, port), timeout)
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if encrypted:
                raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
            self._socket = raw
            self._stream = raw.makefile("rb")
            self._shake(parts.netloc, parts.path or "/")
            raw.settimeout(None)
        except BaseException:
            raw.close()
            raise
        threading.Thread(target=self._read, name="posd-read", daemon=True).start()

    def call(self, method: str, params: dict[str, Any], timeout: Optional[float] = None) -> dict[str, Any]:
        """Sends a request and waits for its answer."""
        with self._lock:
            if self.ended.is_set():
                raise _Lost()
            number = self._next_id
            self._next_id += 1
            self._answers[number] = None
            request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            try:
                self._send(0x1, json.dumps(request).encode())
            except OSError:
                del self._answers[number]
                raise _Lost() from None
            done = lambda: self._answers[number] is not None or self.ended.is_set()
            self._lock.wait_for(done, timeout)
            answer = self._answers.pop(number)
        if answer is None:
            raise _Lost()
        if "error" in answer:
            error = answer["error"]
            data = error.get("data", {})
            raise StationError(data.get("code", "other"), error["message"], data)
        return answer["result"]

    def close(self) -> None:
        self.ended.set()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        with self._lock:
            self._lock.notify_all()

    def _shake(self, host: str, path: str) -> None:
        nonce = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            (
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: posd.v1\r\n\r\n"
            ).encode()
        )
        status = self._stream.readline(4096).split(b" ", 2)
        headers = {}
        for _ in range(100):
            line = self._stream.readline(4096)
            if line in (b"\r\n", b""):
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        proof = base64.b64encode(hashlib.sha1((nonce + guid).encode()).digest()).decode()
        if status[1:2] != [b"101"] or headers.get("sec-websocket-accept") != proof:
            raise ConnectionError(f"no station there: {b' '.join(status).decode('latin-1').strip()}")

    def _send(self, kind: int, body: bytes) -> None:
        size = len(body)
        if size < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
        elif size < 65_536:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
        self._socket.sendall(head + mask + masked)

    def _read(self) -> None:
        try:
            while True:
                kind, body = self._frame()
                if kind == 0x8:
                    return
                if kind == 0x9:
                    with self._lock:
                        self._send(0xA, body)
                if kind == 0x1:
                    self._take(json.loads(body))
        except (OSError, ValueError, sqlite3.ProgrammingError):
            return
        finally:
            self.close()

    def _take(self, frame: dict[str, Any]) -> None:
        if frame.get("method") == "event":
            if self.on_event is not None:
                self.on_event(frame["params"])
            return
        with self._lock:
            if frame.get("id") in self._answers:
                self._answers[frame["id"]] = frame
                self._lock.notify_all()

    def _frame(self) -> tuple[int, bytes]:
        """A whole message; the station's are not masked."""
        kind, whole = 0, b""
        while True:
            first, second = self._exactly(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self._exactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._exactly(8))
            body = self._exactly(size)
            if first & 0x0F >= 0x8:
                return first & 0x0F, body
            kind, whole = (first & 0x0F) or kind, whole + body
            if first & 0x80:
                return kind, whole

    def _exactly(self, size: int) -> bytes:
        body = self._stream.read(size)
        if body is None or len(body) < size:
            raise ConnectionError("the station has closed the connection")
        return body
