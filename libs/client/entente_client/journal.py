"""The journal: which events have an acknowledged receipt, so that a publisher resumes after a break without sending them twice."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from entente_client.errors import JournalRefused
from entente_client.receipts import Outcome, Receipt

FORMAT = 1


class Journal:
    """An append-only file of JSON lines. The first names the source and the gateway; each other one is an event's id, digest and receipt.

    Lines are on disk (fsync) before a receipt is given to the caller. A last line torn by a crash is cut off when the file is opened: its
    event counts as not sent, and the gateway answers its repetition as a duplicate. One process writes a journal at a time.
    """

    def __init__(self, path: Path, *, source: str, gateway: str) -> None:
        """Opens or makes the journal; raises `JournalRefused` where the file is another's or no journal."""
        self.path = path
        self._settled: dict[str, tuple[str, Receipt]] = {}
        belongs = {"journal": FORMAT, "source": source, "gateway": gateway}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("a+b")
        try:
            whole = self._without_torn_line()
            if whole:
                self._read(whole, belongs)
            else:
                self._append([belongs])
        except BaseException:
            self._file.close()
            raise

    def receipt_of(self, id: str, digest: str) -> Receipt | None:
        """The receipt of an event that the gateway has for good with this very content, else None."""
        known = self._settled.get(id)
        return known[1] if known is not None and known[0] == digest else None

    def remember(self, receipts: Iterable[tuple[str, str, Receipt]]) -> None:
        """Writes (event id, digest, receipt) down durably."""
        lines: list[dict[str, Any]] = []
        for event_id, digest, receipt in receipts:
            lines.append(
                {"id": event_id, "digest": digest, "outcome": receipt.outcome, "position": receipt.position, "event": receipt.event}
            )
            if receipt.outcome.settled:
                self._settled[event_id] = (digest, receipt)
        self._append(lines)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _without_torn_line(self) -> list[bytes]:
        self._file.seek(0)
        content = self._file.read()
        end = content.rfind(b"\n") + 1
        if end < len(content):
            self._file.truncate(end)
            self._sync()
        return content[:end].splitlines()

    def _read(self, lines: list[bytes], belongs: dict[str, Any]) -> None:
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
                if number == 1:
                    self._check_owner(entry, belongs)
                    continue
                receipt = Receipt(
                    entry["id"], belongs["source"], Outcome(entry["outcome"]), entry["position"], entry["event"], resumed=True
                )
                digest = entry["digest"]
            except (ValueError, KeyError, TypeError) as error:
                raise JournalRefused(
                    f"{self.path}, line {number}: no line of a publisher's journal ({error!r}); name another file, or take this one away "
                    "and publish again: what was admitted before comes back as duplicates"
                ) from error
            if receipt.outcome.settled:
                self._settled[receipt.id or ""] = (digest, receipt)

    def _check_owner(self, entry: Any, belongs: dict[str, Any]) -> None:
        if not isinstance(entry, dict) or "journal" not in entry:
            raise ValueError("the first line names no source and gateway")
        for part in ("journal", "source", "gateway"):
            if entry.get(part) != belongs[part]:
                raise JournalRefused(
                    f"{self.path}: the journal is of {part} {entry.get(part)!r}, not {belongs[part]!r}; give each a journal of its own"
                )

    def _append(self, lines: Iterable[dict[str, Any]]) -> None:
        self._file.write(b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines))
        self._sync()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
