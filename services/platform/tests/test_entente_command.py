"""The `entente` command against a running platform: what it prints, its JSON, its errors and exit codes."""

import json
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from entente_platform.command import app
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.demo.october.settling import Settling
from entente_platform.folder import DataFolder

SHIPPED = Path(str(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv")))
URI = "https://ucdp.test/candidate"
Entente = Callable[..., Result]


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    with platform_of_ones_own(datetime(2023, 11, 1, tzinfo=UTC)) as running:
        yield running


@pytest.fixture(scope="module")
def entente(folder: DataFolder) -> Entente:
    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [*map(str, arguments), "--data", str(folder.path)])

    return run


@pytest.fixture(scope="module")
def key(entente: Entente, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The private key of the registered source `ucdp`."""
    path = tmp_path_factory.mktemp("keys") / "ucdp.pem"
    result = entente("source", "add", "ucdp", "--uri", URI, "--new-key", path, "--party", "SWE")
    assert result.exit_code == 0, result.stderr
    assert f"Registered ucdp ({URI}) with the key sha256-" in result.stdout
    assert f"--source ucdp --key {path}" in result.stdout
    return path


@pytest.fixture(scope="module")
def published(entente: Entente, key: Path, folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows of two countries, published and assessed."""
    path = tmp_path_factory.mktemp("files") / "two_countries.csv"
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines[1:] if ",Sudan,625," in line or ",Cameroon,471," in line]
    path.write_text("\n".join([lines[0], *chosen]), encoding="utf-8")
    result = entente("publish", path, "--format", "ucdp-ged", "--source", "ucdp", "--key", key)
    assert result.exit_code == 0, result.stderr
    assert f"Admitted {len(chosen)}, duplicates 0, quarantined 0" in result.stdout
    with Platform(folder, "operator") as platform:
        Settling(platform).wait(assessed=datetime(2023, 11, 1, tzinfo=UTC).date())
    return path


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def complaint(result: Result) -> Any:
    """The error of a command that was asked for JSON: nothing but JSON on standard error, nothing on standard output."""
    assert result.stdout == ""
    return json.loads(result.stderr)


def observation(number: int, **changed: Any) -> dict[str, Any]:
    data = {
        "observation": f"line-{number}",
        "kind": "material_conflict",
        "what": {"vocabulary": "cameo", "code": "190"},
        "where": {"country": "SSD"},
        "when": {"first": "2023-10-09", "last": "2023-10-09", "precision": "day"},
    }
    return {"type": "entente.observations.reported.v2", "id": f"line-{number}", "time": "2023-10-09T00:00:00Z", "data": {**data, **changed}}


def test_a_new_key_is_readable_by_its_owner_alone(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" in key.read_bytes()
    assert b"PUBLIC KEY" in key.with_name("ucdp.pem.pub").read_bytes()


def test_sources_are_listed_with_their_keys_and_rights(entente: Entente, key: Path) -> None:
    assert re.search(r"ucdp +https://ucdp.test/candidate +SWE +every country +sha256-", entente("source", "list").stdout)
    assert [(one["name"], one["uri"], one["party"]) for one in said(entente("source", "list", "--json")) if one["name"] == "ucdp"] == [
        ("ucdp", URI, "SWE")
    ]


def test_a_source_is_let_in_with_its_own_public_key_and_narrow_rights(entente: Entente, key: Path, tmp_path: Path) -> None:
    added = said(
        entente(
            "source", "add", "narrow", "--uri", "https://narrow.test", "--key", f"{key}.pub", "--types", "reported",
            "--countries", "SDN, SSD", "--json",
        )
    )  # fmt: skip
    assert added["source"] == "narrow"
    assert added["key"] is None
    (narrow,) = [one for one in said(entente("source", "list", "--json")) if one["name"] == "narrow"]
    assert narrow["rights"] == {"types": ["entente.observations.reported"], "countries": ["SDN", "SSD"], "grading": None}


def test_a_name_that_is_taken_is_refused_and_no_key_is_left_behind(entente: Entente, key: Path, tmp_path: Path) -> None:
    result = entente("source", "add", "ucdp", "--uri", "https://else.test", "--new-key", tmp_path / "second.pem")
    assert result.exit_code == 1
    assert "a source named 'ucdp' is registered already" in result.stderr
    assert "What to do: choose another name" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ([], "a source has one key to begin with"),
        (["--key", "missing.pem"], "missing.pem cannot be read"),
        (["--new-key", "x.pem", "--types", "rumoured"], "--types 'rumoured'"),
        (["--new-key", "x.pem", "--countries", ","], "--countries names none"),
        (["--new-key", "missing/x.pem"], "missing/x.pem cannot be written"),
    ],
)
def test_a_source_asked_for_wrongly_is_refused(
    entente: Entente, key: Path, options: list[str], what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = entente("source", "add", "other", "--uri", "https://other.test", *options)
    assert result.exit_code in {1, 2}
    assert what in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_every_value_that_is_refused_is_named_with_what_to_do(entente: Entente, key: Path, tmp_path: Path) -> None:
    result = entente("source", "add", "UPPER", "--uri", "x" * 201, "--key", f"{key}.pub", "--json")
    assert result.exit_code == 1
    error = complaint(result)
    assert "body.name" in error["detail"]
    assert "body.uri" in error["detail"]
    assert error["mend"] == "body.name: send a value that fits; body.uri: send a value that fits"


def test_a_key_file_that_exists_is_never_written_over(entente: Entente, key: Path) -> None:
    before = key.read_bytes()
    result = entente("source", "add", "careless", "--uri", "https://careless.test", "--new-key", key, "--json")
    assert result.exit_code == 1
    assert complaint(result)["error"] == "exists"
    assert key.read_bytes() == before


def test_a_private_key_is_not_taken_for_a_public_one(entente: Entente, key: Path) -> None:
    result = entente("source", "add", "secret", "--uri", "https://secret.test", "--key", key)
    assert result.exit_code == 1
    assert "is no public key" in result.stderr


def test_publishing_a_file_again_sends_nothing(entente: Entente, key: Path, published: Path) -> None:
    result = entente("publish", published, "--format", "ucdp-ged", "--source", "ucdp", "--key", key)
    assert result.exit_code == 0
    assert "had their receipt from an earlier run and were not sent again" in " ".join(result.stdout.split())
    told = said(entente("publish", published, "--format", "ucdp-ged", "--source", "ucdp", "--key", key, "--json"))
    assert (told["admitted"], told["duplicate"]) == (0, 0)
    assert told["resumed"] > 20


def test_json_lines_are_judged_line_by_line(entente: Entente, key: Path, published: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps(observation(1)),
        "",
        "{not json",
        json.dumps([1]),
        json.dumps(observation(5, where={"country": "Sudan"})),
        json.dumps({**observation(6), "type": "entente.observations.rumoured.v1"}),
        json.dumps({**observation(7), "time": "yesterday"}),
        json.dumps({**observation(8), "id": ""}),
        json.dumps(observation(9, where={"country": "XQZ"})),
        json.dumps(observation(1)),
    ]
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = entente("publish", path, "--source", "ucdp", "--key", key, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["admitted"], told["duplicate"]) == (1, 1)
    assert [(one["line"], one["reason"]) for one in told["quarantined"]] == [(9, "invalid_data")]
    assert [one["line"] for one in told["unmapped"]] == [3, 4, 5, 6, 7, 8]
    assert all(one["what"] and one["mend"] for one in told["unmapped"])

    read = entente("publish", path, "--source", "ucdp", "--key", key)
    assert read.exit_code == 1
    assert "Quarantined as invalid_data: 1" in read.stdout
    assert "line 9, event line-9: $.where.country" in read.stdout
    assert "Not sent, since the row cannot be an event: 6" in read.stdout
    assert "line 3: not JSON" in read.stdout


def test_what_was_changed_in_the_mapping_is_told(entente: Entente, key: Path, tmp_path: Path) -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "widened.csv"
    path.write_text("\n".join([lines[0], *(line for line in lines if line.startswith("493716,"))]), encoding="utf-8")
    result = entente("publish", path, "--format", "ucdp-ged", "--source", "ucdp", "--key", key)
    assert "Sent with a change: 1" in result.stdout
    assert "deaths coded low 4, best 5, high 4" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["missing.csv"], 2, "missing.csv cannot be read"),
        ([SHIPPED, "--format", "xml"], 2, "there is no format xml"),
        (["wrong.csv", "--format", "ucdp-ged"], 2, "no UCDP GED file"),
        (["latin.csv", "--format", "ucdp-ged"], 2, "is not UTF-8"),
        (["wrong.csv", "--source", "nobody"], 1, "no source is registered under the name nobody"),
        (["wrong.csv", "--key", "wrong.csv"], 1, "is no private key"),
        (["wrong.csv", "--key", "missing.pem"], 1, "missing.pem cannot be read"),
    ],
)
def test_a_publication_asked_for_wrongly_says_what_is_wrong(
    entente: Entente, key: Path, arguments: list[str], code: int, what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "wrong.csv").write_text("date,source\n1,2\n")
    (tmp_path / "latin.csv").write_bytes(b"id,caf\xe9\n")
    monkeypatch.chdir(tmp_path)
    defaults = [option for name, value in (("--source", "ucdp"), ("--key", str(key))) if name not in arguments for option in (name, value)]
    result = entente("publish", *arguments, *defaults)
    assert result.exit_code == code
    assert what in " ".join(result.stderr.split())
    assert "What to do:" in result.stderr


def test_another_key_than_the_registered_one_leads_to_quarantine_with_a_way_to_mend(
    entente: Entente, key: Path, published: Path, tmp_path: Path
) -> None:
    entente("source", "add", "neighbour", "--uri", "https://neighbour.test", "--new-key", tmp_path / "neighbour.pem")
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(observation(77)), encoding="utf-8")
    result = entente("publish", path, "--source", "ucdp", "--key", tmp_path / "neighbour.pem")
    assert result.exit_code == 1
    assert "Quarantined as bad_signature: 1" in result.stdout
    assert "mend:" in result.stdout


def test_a_gateway_that_does_not_answer_ends_with_code_3(
    entente: Entente, key: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entente_platform.command.publish.ATTEMPTS", 1)
    result = entente("publish", published, "--format", "ucdp-ged", "--source", URI, "--key", key, "--url", "http://127.0.0.1:9", "--json")
    assert result.exit_code == 3
    assert "took nothing in 1 attempts" in complaint(result)["detail"]
    assert complaint(result)["error"] == "unreachable"


def test_an_address_that_is_no_gateway_is_named(entente: Entente, key: Path, published: Path, folder: DataFolder) -> None:
    url = f"{folder.url()}/stability"
    result = entente("publish", published, "--format", "ucdp-ged", "--source", URI, "--key", key, "--url", url)
    assert result.exit_code == 1
    assert "HTTP 404" in result.stderr


def test_a_score_is_told_in_words_with_its_coverage_and_terms(entente: Entente, published: Path) -> None:
    told = entente("score", "sdn").stdout
    assert re.search(r"SDN stood at \d+\.\d of 100 on 2023-11-01", told)
    assert "Watched by ucdp" in told
    assert "which is no part of the score" in " ".join(told.split())
    assert "deaths.30" in told


def test_a_score_explains_itself_down_to_single_events(entente: Entente, published: Path) -> None:
    told = entente("score", "SDN", "--why").stdout
    assert "is the sum of these terms" in told
    assert re.search(r"\+\d+ +2023-10-\d\d +\d+ +.*ucdp \d{6}", told)
    answer = said(entente("score", "SDN", "--why", "--json"))
    assert answer["score"]["z"] == answer["why"]["z"] == sum(term["thousandths"] for term in answer["why"]["terms"])
    assert said(entente("score", "SDN", "--json"))["score"] == answer["score"]


def test_a_score_of_a_day_is_by_what_was_known_then_unless_asked_otherwise(entente: Entente, published: Path) -> None:
    assert "No score" in entente("score", "SDN", "--on", "2023-10-20").stdout
    known = said(entente("score", "SDN", "--on", "2023-10-20", "--known-on", "2023-11-01", "--json"))
    assert (known["on"], known["known_on"], known["watched"]) == ("2023-10-20", "2023-11-01", True)


def test_a_place_that_nobody_watches_has_no_score(entente: Entente, published: Path) -> None:
    assert "nobody watching is not the same as calm" in " ".join(entente("score", "NOR", "--why").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["score", "XQZ"], 1, "'XQZ' is no country code"),
        (["score", "SDN", "--on", "2030-01-01"], 1, "2030-01-01 has not come"),
        (["score", "SDN", "--on", "yesterday"], 2, "yesterday"),
        (["score"], 2, "Missing argument"),
    ],
)
def test_a_score_asked_for_wrongly_says_what_is_wrong(
    entente: Entente, published: Path, arguments: list[str], code: int, what: str
) -> None:
    result = entente(*arguments)
    assert result.exit_code == code
    assert what in " ".join(result.stderr.split())


def test_warnings_are_listed_worst_first_with_how_they_came_about(entente: Entente, published: Path) -> None:
    told = entente("warnings", "--since", "2023-10-01").stdout
    assert re.search(r"alert +SDN +Sudan +2023-11-01 +\d", told)
    assert re.search(r"2023-11-01 +SDN +Sudan +\w+ +alert", told)
    assert said(entente("warnings", "--json"))["standing"][0]["country"] == "SDN"


def test_lag_names_every_instance_and_says_when_nothing_is_behind(entente: Entente, published: Path) -> None:
    told = entente("lag").stdout
    assert re.search(r"stability +observed@1 +entente.observations +0 +0.0", told)
    found = said(entente("lag", "--json"))
    assert {one["service"] for one in found["lag"]} == {"gateway", "partnerships", "stability"}
    assert found["parked"] == []


@pytest.mark.parametrize("command", [["lag"], ["warnings"], ["score", "SDN"], ["source", "list"]])
def test_without_a_platform_every_question_ends_with_code_3(command: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*command, "--data", str(tmp_path), "--json"])
    assert result.exit_code == 3
    assert complaint(result)["error"] == "unreachable"
    assert "entente up" in complaint(result)["mend"]


def test_a_platform_that_died_is_told_from_one_that_answers(folder: DataFolder, published: Path, tmp_path: Path) -> None:
    dead = DataFolder(tmp_path)
    dead.note_running("http://127.0.0.1:9")
    dead.tokens.symlink_to(folder.tokens)
    result = CliRunner().invoke(app, ["lag", "--data", str(tmp_path)])
    assert result.exit_code == 3
    assert "http://127.0.0.1:9 does not answer" in result.stderr


def test_a_folder_without_tokens_is_told_apart(folder: DataFolder, tmp_path: Path) -> None:
    DataFolder(tmp_path).note_running(str(folder.url()))
    result = CliRunner().invoke(app, ["lag", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "no token for operator" in result.stderr


def test_a_second_platform_on_the_same_folder_is_refused(entente: Entente) -> None:
    result = entente("up", "--port", "0")
    assert result.exit_code == 1
    assert "another platform runs on the data folder" in result.stderr
    assert "another platform runs" in complaint(entente("migrate", "--json"))["detail"]


def test_a_port_in_use_is_named(folder: DataFolder, tmp_path: Path) -> None:
    port = str(folder.url()).rpartition(":")[2]
    result = CliRunner().invoke(app, ["up", "--port", port, "--data", str(tmp_path / "fresh")])
    assert result.exit_code == 1
    assert f"port {port} cannot be used" in result.stderr


def test_a_clock_that_is_no_time_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["up", "--clock", "noon", "--data", str(tmp_path / "fresh")])
    assert result.exit_code == 2
    assert "--clock 'noon' is no time" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["up", "--port", "0", "--data", str(tmp_path / "file" / "data")])
    assert result.exit_code == 1
    assert "cannot be used" in result.stderr


def test_databases_are_migrated_without_starting_the_platform(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["migrate", "--data", str(tmp_path)])
    assert "gateway: up to date" in told.stdout
    done = said(CliRunner().invoke(app, ["migrate", "--data", str(tmp_path), "--json"]))
    assert done["up_to_date"] == ["gateway", "partnerships", "stability"]


def test_a_file_that_is_no_database_is_not_migrated(tmp_path: Path) -> None:
    (tmp_path / "gateway.sqlite").write_bytes(b"no database " * 100)
    result = CliRunner().invoke(app, ["migrate", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "file is not a database" in result.stderr


def test_help_names_the_exit_codes() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert "3 no platform can be reached" in " ".join(result.stdout.split())
