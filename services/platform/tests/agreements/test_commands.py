"""`entente import agreements`, and the commands that ask the registry, against a running platform."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entente_platform.agreements.catalogue import catalogue
from entente_platform.agreements.own_csv import TEMPLATE
from entente_platform.agreements.sending import BYTES, ITEMS, batches
from entente_platform.command import app
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder

Entente = Callable[..., Result]


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    with platform_of_ones_own(datetime(2026, 1, 5, tzinfo=UTC)) as running:
        yield running


@pytest.fixture(scope="module")
def entente(folder: DataFolder) -> Entente:
    def run(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(folder.path)])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture(scope="module")
def mine(entente: Entente, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a file, imported; and the catalogue."""
    path = tmp_path_factory.mktemp("files") / "mine.csv"
    path.write_text(entente("import", "agreements", "--template").stdout)
    assert path.read_text() == TEMPLATE
    dry = entente("import", "agreements", path, "--dry-run").stdout
    assert "2 items read: 2 could be taken over, 0 left. Nothing was sent." in dry
    told = entente("import", "agreements", path).stdout
    assert "2 items read: 2 taken, 0 changed, 0 unchanged, 0 refused; 0 left." in told
    entente("import", "agreements", "--catalogue")
    return path


def asked(result: Result) -> dict:
    found: dict = json.loads(result.stdout)
    return found


def test_again_nothing_changes_and_half_an_import_is_continued(entente: Entente, mine: Path, tmp_path: Path) -> None:
    again = asked(entente("import", "agreements", mine, "--json"))
    assert (again["taken"], again["unchanged"]) == (0, 2)
    first_half = "\n".join(TEMPLATE.splitlines()[:4]).replace("pact-2001", "half-2001") + "\n"
    half = tmp_path / "half.csv"
    half.write_text(first_half)
    assert asked(entente("import", "agreements", half, "--json"))["taken"] == 1
    half.write_text(TEMPLATE.replace("pact-2001", "half-2001"))
    whole = asked(entente("import", "agreements", half, "--json"))
    assert (whole["taken"], whole["changed"], whole["unchanged"]) == (0, 1, 1)


def test_what_is_left_and_what_is_refused_is_told_line_by_line(entente: Entente, mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(TEMPLATE.replace("Pact of 2001", "Another pact").replace("memo-2005,Memorandum", "memo-2006,Memo", 1))
    report = tmp_path / "report.json"
    told = entente("import", "agreements", other, "--report", report, code=1)
    said = json.loads(report.read_text())
    assert said["refusals"][0]["code"] == "other-terms"
    assert said["refusals"][0]["mend"]
    assert said["lines_left"]
    assert "other-terms" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "detail"),
    [
        (["import", "agreements"], "it is not said what to import"),
        (["import", "agreements", "nowhere.csv"], "cannot be read"),
        (["import", "agreements", "nowhere.csv", "--format", "xls"], "there is no format xls"),
        (["agreement", "open", "nowhere.json"], "cannot be read"),
        (["agreement", "act", "pact-2001", "signed", "--also", "form"], "has no `=`"),
    ],
)
def test_what_was_asked_wrongly_is_told_with_what_to_do(entente: Entente, arguments: list[str], detail: str) -> None:
    assert detail in " ".join(entente(*arguments, code=2).stderr.split())


def test_a_file_of_no_layout_is_told(entente: Entente, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    assert "columns are those of no layout" in " ".join(entente("import", "agreements", path, code=2).stderr.split())


def test_what_binds_a_party_is_told_as_of_two_days(entente: Entente, mine: Path) -> None:
    bound = asked(entente("bound", "fin", "--on", "2026-01-05", "--json"))
    assert "ottawa-1997" in {item["agreement"] for item in bound["items"]}
    assert "ottawa-1997" not in {item["agreement"] for item in asked(entente("bound", "FIN", "--on", "2026-01-10", "--json"))["items"]}
    told = entente("bound", "FIN", "--why").stdout
    assert re.search(r"ottawa-1997 +Anti-Personnel Mine Ban", told)
    assert "FIN acceded" in told
    assert asked(entente("bound", "FIN", "--known-on", "2026-01-04", "--json"))["items"] == []


def test_what_binds_two_parties_and_what_changes_is_told(entente: Entente, mine: Path) -> None:
    told = entente("between", "SUN", "USA", "--on", "1960-01-01", "--why").stdout
    assert "geneva-3-1949" in told
    assert re.search(r"art-85 +cooperation +excluded", told)
    changes = entente("changes", "--within", "60").stdout
    assert "New START is in force no more (expired)" in " ".join(changes.split())
    assert "2026-02-20" in changes


def test_the_network_is_told_and_written_as_node_link_json(entente: Entente, mine: Path, tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    told = entente("network", "--on", "2010-07-01", "--out", path).stdout
    assert "USA" in told
    graph = json.loads(path.read_text())
    names = {node["id"] for node in graph["nodes"]}
    assert all({link["source"], link["target"]} <= names for link in graph["links"])
    assert asked(entente("network", "--on", "2010-07-01", "--json"))["graph"]["on"] == "2010-07-01"
    entente("network", "--out", tmp_path / "no" / "where", code=2)


def test_agreements_and_bodies_are_listed_shown_and_added_to(entente: Entente, mine: Path, tmp_path: Path) -> None:
    assert "new-start-2010" in entente("agreement", "list", "--party", "USA").stdout
    assert len(json.loads(entente("agreement", "list", "--json").stdout)) >= 60
    shown = entente("agreement", "show", "new-start-2010").stdout
    assert "renewed until 2026-02-05" in shown
    assert "it is in force no more (expired)" in " ".join(shown.split())
    assert "AU" in entente("body", "list").stdout
    assert "suspended" in entente("body", "show", "au", "--on", "2019-07-01").stdout
    pact = tmp_path / "pact.json"
    terms = {"title": "Note", "entry": {"by": "deposits", "deposits": 2}}
    pact.write_text(json.dumps({"agreement": "note-2025", "terms": terms, "on": "2025-01-01"}))
    assert "note-2025 stands at version 1" in entente("agreement", "open", pact).stdout
    act = ("agreement", "act", "note-2025", "consented", "--party", "fra", "--on", "2025-02-01", "--also", "form=ratification")
    assert asked(entente(*act, "--json"))["version"] == 2
    refused = entente(*act, code=1).stderr
    assert "FRA consented on 2025-02-01 already" in " ".join(refused.split())
    (tmp_path / "no.json").write_text("{")
    entente("agreement", "open", tmp_path / "no.json", code=2)


def test_crises_commitments_and_misalignments_are_told_where_there_is_nothing(entente: Entente, mine: Path) -> None:
    assert "FRA and USA had 0 open channels" in entente("crisis", "USA", "FRA").stdout
    assert "0 commitments were owed" in entente("commitments", "--owner", "FRA", "--due-by", "2026-12-31", "--past-due").stdout
    assert "No misalignment stood" in entente("misalignments", "--of", "FRA").stdout
    assert asked(entente("crisis", "USA", "FRA", "--json"))["items"] == []
    assert asked(entente("commitments", "--json"))["items"] == []
    assert asked(entente("misalignments", "--json"))["items"] == []


def test_what_is_sent_at_once_is_bounded_in_number_and_size() -> None:
    many = list(catalogue()) * 5
    sizes = [(len(batch), sum(len(json.dumps(line.item)) for line in batch)) for batch in batches(many)]
    assert sum(count for count, _ in sizes) == len(many)
    assert all(count <= ITEMS and size <= BYTES + 100_000 for count, size in sizes)
