"""`entente publish --dry-run`: what the gateway would say, judged here by its own code."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from entente_platform.command.output import console, print_json
from entente_platform.command.publish import Outcomes, Sender, publications, sorted_out, tell
from entente_platform.command.reach import Platform
from entente_platform.command.trouble import FAILED, Trouble
from entente_platform.folder import DataFolder

if TYPE_CHECKING:
    from entente_platform.sources.rows import Row


def judge_here(sender: Sender, rows: "Sequence[Row]", *, as_json: bool) -> None:
    """A dry run: what the gateway would say, by its own code, of a source as it is registered, or as it is supposed to be."""
    from entente_client import Publisher
    from entente_eventkit.clock import SystemClock
    from entente_platform.sources.judged import fates, source_as_registered, source_as_supposed

    outcomes = Outcomes()
    ready = sorted_out(rows, outcomes)
    shown = _registered(sender)
    if shown is None:
        source, supposed = source_as_supposed(sender.source, sender.private, sender.keyid), True
    else:
        source, supposed = source_as_registered(shown), False
    lines = {row.id: row.line for row in ready}
    found: Counter[str] = Counter()
    with Publisher("http://nowhere.invalid", source.uri, sender.private, sender.keyid) as publisher:
        for fate in fates(publications(ready), publisher, source, _now(sender.folder) or SystemClock().now()):
            found[fate.outcome] += 1
            if fate.detail is not None:
                refusal = {"reason": fate.outcome, "detail": fate.detail, "mend": fate.mend, "position": None}
                outcomes.quarantined.append({"line": lines[fate.id], "id": fate.id, **refusal})
    outcomes.admitted, outcomes.duplicate = found["admitted"], found["duplicate"]
    if as_json:
        print_json({"dry_run": True, "supposed": supposed, **outcomes.as_json()})
    else:
        where = "no platform answers: a source that may report everything is supposed" if supposed else f"as {source.name} is registered"
        console().print(f"Nothing was sent. Judged here, {where}:", markup=False)
        tell(outcomes)
    if not outcomes.whole:
        raise typer.Exit(FAILED)


def _registered(sender: Sender) -> dict[str, Any] | None:
    from entente_platform.command.sources import listed

    if sender.url is not None:
        return None
    try:
        with Platform(sender.folder, "officer") as platform:
            known = listed(platform)
    except Trouble:
        return None
    return next((each for each in known if sender.source in {each["name"], each["uri"]}), None)


def _now(folder: DataFolder) -> datetime | None:
    from entente_contracts.rfc3339 import from_text

    try:
        with Platform(folder, "operator") as platform:
            return from_text(platform.get("/ops/clock")["now"])
    except Trouble:
        return None
