"""The clients: they send until they have an answer, and write down every answer that they get."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
from tests.chaos import load
from tests.chaos.load import Item, Order, Size

from entente_contracts.codec import http
from entente_contracts.topics import GATEWAY
from entente_testkit.history_checker.seen import Done, Receipt, Sent

BUSY = {429, 502, 503, 504}
"""What a client tries again after; any other trouble is a fault of the service."""

PATIENCE = 240.0
ANSWER_WITHIN = 10.0
"""Seconds after which an answer that has not come counts as lost."""


class Refused(AssertionError):
    """A client was answered what it should never be answered."""


class Journal:
    """Everything that was sent and everything that was acknowledged, in memory and in a file."""

    def __init__(self, path: Path) -> None:
        self.sent: dict[tuple[str, str], Sent] = {}
        self.receipts: list[Receipt] = []
        self.commands: list[Done] = []
        self.outcomes: dict[str, int] = {}
        self.tries = 0
        self.in_flight = 0
        self._file = path.open("a", encoding="utf-8")
        self._turn = threading.Lock()

    def close(self) -> None:
        self._file.close()

    def sends(self, items: Sequence[Item]) -> None:
        with self._turn:
            for item in items:
                if item.sent is not None and (item.sent.data is not None or (item.sent.source, item.sent.id) not in self.sent):
                    self.sent[item.sent.source, item.sent.id] = item.sent

    def tries_again(self, by: int) -> None:
        with self._turn:
            self.tries += by

    def in_hand(self, by: int) -> None:
        with self._turn:
            self.in_flight += by

    def acknowledged(self, items: Sequence[Item], said: Sequence[dict[str, Any]]) -> None:
        with self._turn:
            for item, one in zip(items, said, strict=True):
                cause = item.sent.cause if item.sent is not None else item.label
                self.receipts.append(Receipt("gateway", cause, one["position"], one["event"]))
                self.outcomes[one["outcome"]] = self.outcomes.get(one["outcome"], 0) + 1
                self._write({"item": item.label, **one})

    def done(self, order: Order, said: dict[str, Any]) -> None:
        with self._turn:
            self.commands.append(Done("gateway", order.key, GATEWAY.name, f"source/{order.source}", said["version"], tuple(said["events"])))
            self._write({"order": order.key, **said})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


class Clients:
    """All clients of a run: one thread a source, one for the administrator. They pause at `hold` of their load until `go_on`."""

    def __init__(self, urls: Callable[[], Sequence[str]], token: str, journal: Journal, *, seed: int, size: Size) -> None:
        self._urls, self._token, self.journal = urls, token, journal
        self._seed, self._items, self._orders, self._rate = seed, size.items, size.orders, size.rate
        self._go = threading.Event()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self.trouble: list[Exception] = []
        self.hold = 0.7

    def begin(self) -> None:
        """Registers the sources, then sends from all of them at once."""
        with httpx2.Client(timeout=ANSWER_WITHIN) as client:
            for source in sorted(load.SOURCES):
                self._order(client, load.registration(self._seed, source))
        works = [lambda source=source: self._send_all(source) for source in sorted(load.SOURCES)]
        for work in [*works, self._order_all]:
            thread = threading.Thread(target=self._safely, args=(work,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def reached(self, part: float) -> bool:
        """Whether so much of the load is acknowledged."""
        self.look()
        return len(self.journal.receipts) >= part * self._items * len(load.SOURCES)

    def go_on(self) -> None:
        """Lets the last part of the load flow."""
        self._go.set()

    def look(self) -> None:
        """Raises what a client met that it should not."""
        if self.trouble:
            raise self.trouble[0]

    def finish(self, within: float = PATIENCE) -> None:
        """Waits until every client has all its answers."""
        deadline = time.monotonic() + within
        for thread in self._threads:
            while thread.is_alive():
                self.look()
                thread.join(0.1)
                if time.monotonic() > deadline:
                    raise Refused(f"the clients did not have all their answers within {within:.0f} s")
        self.look()

    def abandon(self) -> None:
        """Ends them without their answers."""
        self._ended.set()
        self._go.set()
        for thread in self._threads:
            thread.join(ANSWER_WITHIN + 5.0)

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the run is told, whatever it was
            if not self._ended.is_set():
                self.trouble.append(error)

    def _send_all(self, source: str) -> None:
        count = 0
        with httpx2.Client(timeout=ANSWER_WITHIN) as client:
            for items in load.batches(self._seed, source, self._items):
                self._send(client, items)
                count += len(items)
                self._pace(count / self._items, len(items))

    def _order_all(self) -> None:
        pause = self._items / max(self._orders, 1)
        with httpx2.Client(timeout=ANSWER_WITHIN) as client:
            for count, order in enumerate(load.orders(self._seed, self._orders)):
                self._order(client, order)
                self._pace(count / self._orders, pause)

    def _pace(self, part: float, items: float) -> None:
        if part >= self.hold:
            self._go.wait()
        self._ended.wait(items / self._rate)

    def _send(self, client: httpx2.Client, items: Sequence[Item]) -> None:
        self.journal.sends(items)
        body = b"[" + b",".join(item.body for item in items) + b"]"
        answer = self._ask(client, "POST", "/gateway/events", content=body, headers={"content-type": http.BATCH})
        if answer.status_code != httpx2.codes.ACCEPTED:
            raise Refused(f"events were answered with {answer.status_code}: {answer.text[:300]}")
        self.journal.acknowledged(items, answer.json()["receipts"])

    def _order(self, client: httpx2.Client, order: Order) -> None:
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": order.key}
        if order.version is not None:
            headers["if-match"] = f'"{order.version}"'
        answer = self._ask(client, order.method, order.path, json=order.body, headers=headers)
        if order.stale:
            if answer.status_code != httpx2.codes.PRECONDITION_FAILED:
                raise Refused(f"{order.key} names a wrong version and was answered with {answer.status_code}: {answer.text[:300]}")
            return
        if not answer.is_success:
            raise Refused(f"{order.key} was answered with {answer.status_code}: {answer.text[:300]}")
        self.journal.done(order, answer.json())

    def _ask(self, client: httpx2.Client, method: str, path: str, **options: Any) -> httpx2.Response:
        """Asks one gateway after the other until one of them gives an answer."""
        turn, wait = 0, 0.05
        deadline = time.monotonic() + PATIENCE
        while not self._ended.is_set():
            urls = self._urls()
            self.journal.in_hand(1)
            try:
                answer = client.request(method, urls[turn % len(urls)] + path, **options)
                if answer.status_code not in BUSY:
                    return answer
                trouble = f"{answer.status_code}: {answer.text[:300]}"
            except httpx2.TransportError as error:
                trouble = repr(error)
            finally:
                self.journal.in_hand(-1)
            self.journal.tries_again(1)
            if time.monotonic() > deadline:
                raise Refused(f"no answer within {PATIENCE:.0f} s, last {trouble}")
            turn += 1
            self._ended.wait(wait)
            wait = min(wait * 2, 1.0)
        raise Refused("the run has ended")
