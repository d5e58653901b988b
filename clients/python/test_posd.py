"""The client against a real station, which tests/it/python.rs starts; it tells by the environment where things are."""

import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request
from urllib.parse import urlsplit

from posd import METHODS_WITH_KEY, Intent, Station, StationError

URL = os.environ["POSD_URL"]
LOCAL_KEY = os.environ["POSD_LOCAL_KEY"]
TERMINAL = os.environ["POSD_TERMINAL"]
PROCESSOR = os.environ["POSD_PROCESSOR"]
#: No single wait of a test is longer; it ends a test that hangs, it measures nothing.
PATIENCE = 60


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read() or b"null")


def presentations():
    return ask(TERMINAL + "/state")["presentations"]


def captured():
    return sum(row["captured_minor"] for row in ask(PROCESSOR + "/books")["authorizations"])


class Heard:
    """Events as they come, and a way to wait for one."""

    def __init__(self):
        self.events = []
        self.news = threading.Condition()

    def __call__(self, event):
        with self.news:
            self.events.append(event)
            self.news.notify_all()

    def wait(self, is_it):
        with self.news:
            found = self.news.wait_for(lambda: next(filter(is_it, self.events), None), PATIENCE)
            assert found, f"waited in vain among {self.events}"
            return found


class Way:
    """A way to the station that can be cut."""

    def __init__(self):
        parts = urlsplit(URL)
        self.station = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}{parts.path}"
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.station)
            self.open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    @staticmethod
    def pump(one, other):
        try:
            while data := one.recv(4096):
                other.sendall(data)
            other.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def cut(self):
        for end in self.open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []

    def close(self):
        self.listener.close()
        self.cut()


class Client(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.keep = os.path.join(self.folder.name, "till.db")

    def station(self, **more):
        more = {"key": LOCAL_KEY, "timeout": PATIENCE} | more
        station = Station(more.pop("url", URL), **more)
        self.addCleanup(station.close)
        return station

    def test_an_app_pairs_once_and_takes_a_sale(self):
        heard = Heard()
        station = self.station(key=None, keep=self.keep, on_event=heard)
        code = self.station().call("app.invite", app="snake", role="cashier")["code"]
        with self.assertRaises(StationError) as refused:
            station.pair("WRONG-CODE")
        self.assertEqual(refused.exception.code, "unauthorized")
        paired = station.pair(code)
        self.assertNotIn("key", paired)
        self.assertEqual(station.info["app"], "snake")
        before = captured()
        done = station.call("payment.sale", amount_minor=12_900, currency="NOK")
        self.assertEqual(done["outcome"], "approved")
        self.assertEqual(captured() - before, 12_900)
        self.assertEqual(station.pending(), [])
        heard.wait(lambda event: event.get("prompt") == "present_card")
        station.close()
        # The next one has the key from the file, which nobody else may read.
        self.assertEqual(stat.S_IMODE(os.stat(self.keep).st_mode), 0o600)
        again = self.station(key=None, keep=self.keep)
        self.assertEqual(again.call("station.info")["version"], station.info["version"])

    def test_a_refusal_says_what_to_do(self):
        station = self.station(language="nb")
        with self.assertRaises(StationError) as refused:
            station.call("payment.sale", amount_minor=100, currency="SEK")
        self.assertIn("(currency must be NOK here)", str(refused.exception))
        error = refused.exception
        self.assertEqual((error.code, error.next_action), ("currency_mismatch", "fix_request"))
        self.assertEqual(error.data["field"], "currency")
        self.assertFalse(error.retryable)
        # What was refused never began.
        self.assertEqual(station.pending(), [])

    def test_the_same_key_does_not_charge_twice(self):
        station = self.station()
        before = presentations()
        sale = {"idempotency_key": "py-once", "amount_minor": 500, "currency": "NOK"}
        first = station.call("payment.sale", **sale)
        self.assertEqual(station.call("payment.sale", **sale), first)
        self.assertEqual(presentations() - before, 1)

    def test_a_program_that_died_in_mid_payment_finds_its_payment_again(self):
        before = (presentations(), captured())
        heard = Heard()
        station = self.station(on_event=heard)
        station.wait_connected()
        ask(TERMINAL + "/hold", {"hold": True})
        self.addCleanup(ask, TERMINAL + "/hold", {"hold": False})
        program = (
            "import sys; from posd import Station\n"
            "with Station(sys.argv[1], key=sys.argv[2], keep=sys.argv[3]) as station:\n"
            "    station.call('payment.sale', amount_minor=700, currency='NOK', reference='basket-7')\n"
        )
        died = subprocess.Popen([sys.executable, "-c", program, URL, LOCAL_KEY, self.keep])
        heard.wait(lambda event: event.get("prompt") == "present_card")
        died.kill()
        died.wait()

        second = self.station(keep=self.keep)
        (intent,) = second.pending()
        self.assertEqual(intent.method, "payment.sale")
        self.assertEqual(intent.params["reference"], "basket-7")
        ask(TERMINAL + "/present", {"name": "visa-approve"})
        self.assertEqual(second.resume(intent)["outcome"], "approved")
        self.assertEqual((presentations(), captured()), (before[0] + 1, before[1] + 700))
        self.assertEqual(second.pending(), [])

    def test_what_never_arrived_is_not_begun_later(self):
        station = self.station()
        before = presentations()
        params = {"idempotency_key": "py-late", "amount_minor": 100, "currency": "NOK"}
        intent = Intent("py-late", "payment.sale", params)
        with self.assertRaises(StationError) as refused:
            station.resume(intent)
        self.assertEqual(refused.exception.code, "never_arrived")
        self.assertEqual(presentations(), before)
        self.assertEqual(station.repeat(intent)["outcome"], "approved")
        self.assertEqual(station.resume(intent)["outcome"], "approved")
        self.assertEqual(presentations() - before, 1)

    def test_a_line_that_is_cut_loses_no_answer_and_no_event(self):
        way = Way()
        self.addCleanup(way.close)
        heard = Heard()
        station = self.station(url=way.url, on_event=heard)
        station.wait_connected()
        before = captured()
        ask(TERMINAL + "/hold", {"hold": True})
        self.addCleanup(ask, TERMINAL + "/hold", {"hold": False})
        done = []
        sale = lambda: done.append(station.call("payment.sale", amount_minor=900, currency="NOK"))
        waiting = threading.Thread(target=sale)
        waiting.start()
        heard.wait(lambda event: event.get("prompt") == "present_card")
        way.cut()
        ask(TERMINAL + "/present", {"name": "visa-approve"})
        waiting.join(PATIENCE)
        self.assertEqual(done[0]["outcome"], "approved")
        self.assertEqual(captured() - before, 900)
        heard.wait(lambda event: event["event"] == "operation_finished")
        places = [event["seq"] for event in heard.events]
        self.assertEqual(places, list(range(places[0], places[0] + len(places))))

    def test_a_station_that_is_not_there_gets_nothing(self):
        station = Station("ws://127.0.0.1:1/v1", key="none", timeout=0.2)
        self.addCleanup(station.close)
        with self.assertRaises(StationError) as refused:
            station.call("payment.sale", amount_minor=100, currency="NOK")
        self.assertEqual(refused.exception.code, "not_connected")
        self.assertEqual(station.pending(), [])

    def test_a_key_that_opens_nothing_is_told(self):
        station = self.station(key="wrong")
        with self.assertRaises(StationError) as refused:
            station.call("station.info")
        self.assertEqual(refused.exception.code, "unauthorized")

    def test_the_methods_with_a_key_are_those_of_the_station(self):
        document = self.station().call("rpc.discover")
        methods = {row["name"] for row in document["methods"] if row["x-idempotent"]}
        self.assertEqual(METHODS_WITH_KEY, methods)


if __name__ == "__main__":
    unittest.main()
