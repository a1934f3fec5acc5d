"""A source's whole life with the `entente` command, and what was refused of it: seen, mended, released."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from entente_client import Publication, Publisher
from entente_contracts.events.observations import DatePrecision, Kind, ObservationReported, Vocabulary, What, When, Where
from entente_platform.command import app
from entente_platform.command.keys import keyid_of
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder

Entente = Callable[..., Result]
URI = "https://desk.example.org/observations"


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    with platform_of_ones_own(datetime(2023, 10, 9, 12, tzinfo=UTC)) as running:
        yield running


@pytest.fixture(scope="module")
def entente(folder: DataFolder) -> Entente:
    def run(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(folder.path)])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture(scope="module")
def key(entente: Entente, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "desk.pem"
    entente("source", "add", "desk", "--uri", URI, "--new-key", path, "--countries", "SDN")
    return path


def publish(folder: DataFolder, key: Path, keyid: str, id: str, country: str) -> str:
    observation = ObservationReported(
        observation=id,
        kind=Kind.MATERIAL_CONFLICT,
        what=What(vocabulary=Vocabulary.CAMEO, code="193"),
        where=Where(country=country),
        when=When(first=date(2023, 10, 9), last=date(2023, 10, 9), precision=DatePrecision.DAY),
    )
    url = folder.url()
    assert url is not None
    with Publisher(url, URI, key.read_bytes(), keyid) as publisher:
        (receipt,) = publisher.publish([Publication.reporting(observation)])
    return receipt.reason or receipt.outcome.value


def eventually(entente: Entente, *arguments: str, shows: str) -> dict:
    for _ in range(200):
        found = json.loads(entente(*arguments, "--json").stdout)
        if shows in json.dumps(found):
            return found
    raise AssertionError(f"{shows} never showed in {found}")


def own_keyid(key: Path) -> str:
    return keyid_of(key.with_name(key.name + ".pub").read_bytes())


def test_a_key_is_rotated_with_an_overlap(entente: Entente, folder: DataFolder, key: Path, tmp_path: Path) -> None:
    old = own_keyid(key)
    new_file = tmp_path / "desk-2.pem"
    new = json.loads(entente("source", "keys", "desk", "--new", new_file, "--because", "the yearly rotation", "--json").stdout)["keyid"]
    assert publish(folder, key, old, "a1", "SDN") == publish(folder, new_file, new, "a2", "SDN") == "admitted"
    entente("source", "keys", "desk", "--revoke", new)
    assert publish(folder, new_file, new, "a3", "SDN") == "revoked_key"
    assert publish(folder, key, old, "a4", "SDN") == "admitted"
    assert "give one of --add" in entente("source", "keys", "desk", code=2).stderr


def test_a_refused_report_is_released_once_the_right_was_added(entente: Entente, folder: DataFolder, key: Path) -> None:
    keyid = own_keyid(key)
    assert [publish(folder, key, keyid, f"b{number}", "EGY") for number in range(2)] == ["beyond_rights"] * 2
    items = eventually(entente, "quarantine", "list", "--reason", "beyond_rights", shows='"claimed_id": "reported-b1"')
    assert "beyond_rights" in entente("quarantine", "list").stdout
    shown = entente("quarantine", "show", items[0]["digest"][:10]).stdout
    assert "may not report of EGY" in " ".join(shown.split())
    assert items[0]["digest"] in shown
    entente("quarantine", "release", items[0]["digest"], "--because", "to see", code=1)
    entente("source", "rights", "desk", "--countries", "SDN,EGY", "--grading", "B3", "--because", "it watches Egypt, too")
    told = entente("quarantine", "release", "--reason", "beyond_rights", "--because", "the right was added").stdout
    assert "2 judged again: 2 admitted, 0 duplicates, 0 still refused." in told
    assert "graded B3" in entente("source", "show", "desk").stdout
    assert "name one DIGEST" in entente("quarantine", "release", "--because", "x", code=2).stderr
    assert "begins with ffffff" in " ".join(entente("quarantine", "show", "ffffff", code=1).stderr.split())


def test_a_source_is_suspended_and_let_in_again(entente: Entente, folder: DataFolder, key: Path) -> None:
    keyid = own_keyid(key)
    assert "kept and refused" in entente("source", "suspend", "desk", "--because", "broken into").stdout
    assert publish(folder, key, keyid, "c1", "SDN") == "suspended_source"
    eventually(entente, "source", "show", "desk", shows="broken into")
    assert "suspended since" in entente("source", "show", "desk").stdout
    entente("source", "reinstate", "desk", "--because", "mended")
    entente("source", "describe", "desk", "--title", "A desk", "--party", "ETH")
    assert eventually(entente, "source", "show", "desk", shows="A desk")["suspended"] is None


def test_a_token_lets_a_source_read_what_is_its_own(entente: Entente, folder: DataFolder, key: Path) -> None:
    made = entente("source", "token", "desk", "reader", "--because", "for its desk").stdout.split()
    secret = made[-1]
    eventually(entente, "source", "show", "desk", shows="reader")
    answer = httpx2.get(f"{folder.url()}/gateway/quarantine", headers={"authorization": f"Bearer {secret}"})
    assert {item["signed_by"] for item in answer.json()["items"]} <= {"desk"}
    assert answer.status_code == 200
    assert "opens nothing" in entente("source", "token", "desk", "reader", "--revoke").stdout
    assert "reader" in entente("source", "show", "desk").stdout


@pytest.mark.parametrize("grading", ["Q", "B33", "BB"])
def test_a_grading_that_is_none_is_told(entente: Entente, key: Path, grading: str) -> None:
    assert "like B3" in entente("source", "rights", "desk", "--grading", grading, code=2).stderr
