"""What the registry can be told, told with the `entente` command alone, and asked again."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entente_platform.command import app
from entente_platform.demo.child import platform_of_ones_own

Entente = Callable[..., Result]


@pytest.fixture(scope="module")
def entente() -> Iterator[Entente]:
    with platform_of_ones_own(datetime(2026, 1, 5, 12, tzinfo=UTC)) as folder:

        def run(*arguments: str | Path, code: int = 0) -> Result:
            result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(folder.path)])
            assert result.exit_code == code, result.output
            return result

        yield run


def words(text: str) -> str:
    return " ".join(text.split())


def eventually(entente: Entente, *arguments: str, shows: str) -> str:
    """What a command shows once the projections have read what was recorded a moment ago."""
    for _ in range(200):
        told = words(entente(*arguments).stdout)
        if shows in told:
            return told
    raise AssertionError(f"{shows!r} never showed in {told!r}")


def test_a_channel_is_established_tested_degraded_restored_and_closed(entente: Entente) -> None:
    assert "No channel is on record" in entente("channel", "list").stdout
    establish = ("channel", "establish", "link", "usa", "chn", "--kind", "defence_telephone_link", "--title", "Defense Telephone Link")
    told = entente(*establish, "--reaches", "ministry", "--on", "2008-04-10", "--test-every", "30").stdout
    assert "Recorded: link stands at version 1." in told
    assert "version 2" in entente("channel", "test", "link", "--at", "2026-01-05T09:00:00Z", "--after", "12").stdout
    assert eventually(entente, "crisis", "CHN", "USA", shows="after 12 s").startswith("CHN and USA had 1 open channel")
    assert json.loads(entente("channel", "test", "link", "--at", "2026-01-05T10:00:00Z", "--json").stdout)["version"] == 4
    eventually(entente, "channel", "list", shows="degraded")
    entente("channel", "restore", "link", "--because", "repaired", "--on", "2026-01-05")
    eventually(entente, "channel", "show", "link", shows="works since 2026-01-05")
    entente("channel", "degrade", "link", "--because", "a cut cable", "--on", "2026-01-05")
    entente("channel", "close", "link", "--because", "cut off", "--on", "2026-01-05")
    assert "closed since 2026-01-05: cut off" in eventually(entente, "channel", "show", "link", shows="closed")
    assert json.loads(entente("channel", "list", "--json").stdout)[0]["works"] == "closed"
    assert json.loads(entente("channel", "show", "link", "--json").stdout)["channel"] == "link"


def test_an_engagement_is_planned_moved_held_and_its_commitments_kept(entente: Entente) -> None:
    assert "No engagement is on record" in entente("engagement", "list").stdout
    plan = ("engagement", "plan", "talks", "fra", "ind", "--kind", "strategic_dialogue", "--title", "Talks", "--place", "Delhi")
    assert "talks stands at version 1" in entente(*plan, "--first", "2026-01-02", "--last", "2026-01-03").stdout
    entente("engagement", "move", "talks", "--first", "2026-01-03", "--last", "2026-01-04", "--because", "elections")
    entente("engagement", "hold", "talks", "--first", "2026-01-03", "--last", "2026-01-04", "--outcome", "a calendar")
    for key in ("plans", "visit"):
        entente("engagement", "promise", "talks", key, "--owner", "fra", "--what", "share its calendar", "--due", "2026-01-20")
    entente("engagement", "keep", "talks", "plans", "--how", "handed over", "--on", "2026-01-05")
    entente("engagement", "release", "talks", "visit", "--because", "overtaken", "--on", "2026-01-05")
    shown = eventually(entente, "engagement", "show", "talks", shows="released")
    assert "held: a calendar" in shown
    assert "kept" in shown
    assert json.loads(entente("engagement", "show", "talks", "--json").stdout)["stage"] == "held"
    entente(*plan[:2], "second", *plan[3:], "--first", "2026-02-02", "--last", "2026-02-03")
    entente("engagement", "cancel", "second", "--because", "no agenda", "--on", "2026-01-05")
    assert "cancelled" in eventually(entente, "engagement", "list", shows="cancelled")
    assert len(json.loads(entente("engagement", "list", "--json").stdout)) == 2


def test_priorities_are_declared_in_the_published_vocabulary(entente: Entente) -> None:
    assert "arms-control" in entente("priorities", "vocabulary").stdout
    assert json.loads(entente("priorities", "vocabulary", "--json").stdout)["version"]
    declared = ("priorities", "declare", "fra", "collective-defence:+2:5", "arms-control:-1:3", "--on", "2025-07-14")
    assert "FRA stands at version 1" in entente(*declared, "--source", "a white paper").stdout
    assert "arms-control -1 3" in eventually(entente, "priorities", "show", "fra", shows="collective-defence")
    assert json.loads(entente("priorities", "show", "FRA", "--json").stdout)["declared"] == "2025-07-14"
    wrong = entente("priorities", "declare", "fra", "arms-control:much", "--on", "2025-07-14", code=2).stderr
    assert "write it as theme:stance:weight" in words(wrong)
    unknown = entente("priorities", "declare", "fra", "world-peace:+1:3", "--on", "2025-07-15", code=1).stderr
    assert "world-peace" in words(unknown)


def test_a_body_is_registered_and_its_memberships_recorded(entente: Entente, tmp_path: Path) -> None:
    file = tmp_path / "club.json"
    binds = {"standings": ["full"], "while_suspended": False, "citation": "its statute"}
    file.write_text(json.dumps({"body": "CLUB", "name": "A club", "kind": "regional_body", "binds": binds, "founded": "2000-01-01"}))
    assert "CLUB stands at version 1" in entente("body", "register", file).stdout
    entente("body", "act", "club", "joined", "--member", "fra", "--on", "2001-01-01", "--also", "standing=full")
    act = ("body", "act", "club", "suspended", "--member", "fra", "--on", "2002-01-01", "--also", "because=a decision")
    assert json.loads(entente(*act, "--json").stdout)["version"] == 3
    assert "full, suspended" in eventually(entente, "body", "show", "club", shows="suspended")
