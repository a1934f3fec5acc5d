"""Files of other layouts as observations: ICEWS, a CSV of anybody's own, and what changed between two releases."""

import csv
import io
import json
import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entente_contracts.events.observations import Kind, ObservationReported, ObservationRetracted, ObservationRevised
from entente_platform.command import app
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.sources import icews, mapped, ucdp
from entente_platform.sources.cameo import kind_of
from entente_platform.sources.country_names import iso3_of
from entente_platform.sources.revisions import changes
from entente_platform.sources.rows import NotThatFormat, Publishable, Unmapped

Entente = Callable[..., Result]
ICEWS = Path(os.environ.get("ENTENTE_DATA", Path(__file__).parents[4] / "shared" / "data")) / "events" / "icews_2018-06-01_02.tab"
HEAD = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\t"
    "Target Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n"
)
ROW = {
    "Event ID": "17",
    "Event Date": "2018-06-01",
    "Source Name": "Military (Aland)",
    "Source Country": "North Korea",
    "Event Text": "Use conventional military force",
    "CAMEO Code": "190",
    "Target Name": "Citizen",
    "Target Country": "NA",
    "Publisher": "A paper",
    "Story ID": "5",
    "Sentence Number": "2",
    "City": "NA",
    "District": "A district",
    "Province": "A province",
    "Country": "United States",
    "Latitude": "21.5",
    "Longitude": "105.8",
}


def icews_row(**changed: str) -> str:
    said = ROW | changed
    return "\t".join(said.get(name, "NA") for name in HEAD.strip().split("\t")) + "\n"


def read_icews(*rows: str) -> list[Publishable | Unmapped]:
    return list(icews.read(io.StringIO(HEAD + "".join(rows))))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("010", Kind.VERBAL_COOPERATION),
        ("057", Kind.VERBAL_COOPERATION),
        ("06", Kind.MATERIAL_COOPERATION),
        ("08", Kind.MATERIAL_COOPERATION),
        ("0911", Kind.VERBAL_CONFLICT),
        ("138", Kind.VERBAL_CONFLICT),
        ("14", Kind.MATERIAL_CONFLICT),
        ("204", Kind.MATERIAL_CONFLICT),
        ("21", None),
        ("00", None),
        ("x1", None),
        ("", None),
    ],
)
def test_a_cameo_code_lies_on_the_side_of_its_root(code: str, kind: Kind | None) -> None:
    assert kind_of(code) is kind


@pytest.mark.parametrize(
    ("name", "code"), [("France", "FRA"), ("FRA", "FRA"), (" south korea", "KOR"), ("Turkey", "TUR"), ("Atlantis", None)]
)
def test_countries_are_known_by_their_names(name: str, code: str | None) -> None:
    assert iso3_of(name) == code


def test_an_icews_row_is_an_observation_that_names_its_sentence() -> None:
    (row,) = read_icews(icews_row())
    assert isinstance(row, Publishable)
    report = row.data
    assert isinstance(report, ObservationReported)
    assert (row.id, report.kind, report.what.code, report.where.country) == ("reported-17", Kind.MATERIAL_CONFLICT, "190", "USA")
    assert [(one.name, one.country) for one in report.who] == [("Military (Aland)", "PRK"), ("Citizen", None)]
    assert (report.where.place, report.where.precision.value) == ("A district", "district")
    assert report.taken_from == "ICEWS, event 17; A paper, story 5, sentence 2"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"CAMEO Code": "99"}, "CAMEO Code '99' is no code of CAMEO"),
        ({"Event Date": "2018-13-01"}, "Event Date '2018-13-01' is no date"),
        ({"Country": "Atlantis"}, "Country 'Atlantis' is no name of a country"),
        ({"Source Country": "Atlantis"}, "Source Country 'Atlantis'"),
        ({"Country": "NA"}, "Country is empty"),
        ({"Event ID": ""}, "Event ID is empty"),
        ({"Latitude": "north"}, "is no point"),
        ({"Latitude": "210"}, "'210', '105.8' is no point"),
    ],
)
def test_an_icews_row_that_cannot_be_mapped_says_what_and_how_to_mend_it(changed: dict[str, str], what: str) -> None:
    good, bad = read_icews(icews_row(), icews_row(**changed))
    assert isinstance(good, Publishable)
    assert isinstance(bad, Unmapped)
    assert what in bad.what
    assert bad.mend
    assert bad.line == 3


def test_a_file_without_its_columns_is_no_icews_file() -> None:
    with pytest.raises(NotThatFormat, match="lacks Event ID"):
        list(icews.read(io.StringIO("a\tb\n")))


def test_two_whole_days_of_icews_are_taken_but_for_what_lies_nowhere() -> None:
    if not ICEWS.is_file():
        pytest.skip(f"{ICEWS.name} is not on this machine; name the folder above it with ENTENTE_DATA")
    with ICEWS.open(encoding="utf-8", newline="") as lines:
        rows = list(icews.read(lines))
    left = Counter(row.what for row in rows if isinstance(row, Unmapped))
    assert len(rows) == 3_705
    assert left == {"Country is empty": 2}


OWN = "event_id,date,town,country,code,what,who,dead\nx1,2024-05-06,Aton,Sudan,190,fighting,Army,3\n"
FULL = mapped.TEMPLATE.replace("# actor_1", "actor_1").replace("# deaths_best", "deaths_best")


def read_own(text: str, mapping: str = FULL) -> list[Publishable | Unmapped]:
    return list(mapped.reader(mapped.mapping_of(mapping))(io.StringIO(text)))


def test_the_template_of_a_mapping_is_right_and_maps_a_file_of_its_columns() -> None:
    assert tomllib.loads(mapped.TEMPLATE)["fields"]["id"] == "event_id"
    (row,) = read_own(OWN)
    assert isinstance(row, Publishable)
    report = row.data
    assert isinstance(report, ObservationReported)
    assert (report.observation, report.where.country, report.kind, str(report.when.last)) == (
        "x1",
        "SDN",
        Kind.MATERIAL_CONFLICT,
        "2024-05-06",
    )
    assert report.deaths is not None
    assert (report.deaths.low, report.deaths.best, report.deaths.high) == (3, 3, 3)
    assert [one.name for one in report.who] == ["Army"]


def test_values_are_translated_and_days_read_as_the_mapping_says() -> None:
    mapping = FULL.replace('dates = "%Y-%m-%d"', 'dates = "%d.%m.%Y"').replace(
        'code = "code"', 'code = { column = "code", values = { "fight" = "190" } }'
    )
    rows = read_own(OWN.replace("2024-05-06", "06.05.2024").replace(",190,", ",fight,") + "x2,06.05.2024,,Sudan,feud,,,\n", mapping)
    assert isinstance(rows[0], Publishable)
    assert isinstance(rows[1], Unmapped)
    assert rows[1].what == "code 'feud' is none of the values that the mapping knows"
    assert "fight" in rows[1].mend


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("2024-05-06", "yesterday", "'yesterday' is no day written as"),
        ("Sudan", "Atlantis", "country 'Atlantis'"),
        (",190,", ",99,", "nothing says which kind cameo '99' is"),
        ("x1,", ",", "id is empty"),
        (",3\n", ",many\n", "deaths.low"),
    ],
)
def test_a_row_of_ones_own_that_cannot_be_mapped_says_what_and_how_to_mend_it(old: str, new: str, what: str) -> None:
    (row,) = read_own(OWN.replace(old, new))
    assert isinstance(row, Unmapped)
    assert what in row.what
    assert row.mend


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "event_id"', "", "fields.id: Field required"),
        ('countries = "names"', 'countries = "flags"', "countries: Input should be 'names' or 'iso3' (flags)"),
        ('code = "code"', 'code = "code"\nmood = "m"', "fields.mood: Extra inputs are not permitted (m)"),
        ("[fields]", "[fields", "no TOML"),
    ],
)
def test_a_wrong_mapping_is_told_by_place_and_value(old: str, new: str, told: str) -> None:
    with pytest.raises(NotThatFormat) as wrong:
        mapped.mapping_of(FULL.replace(old, new))
    assert told in str(wrong.value)
    assert "--mapping-template" in str(wrong.value)


def test_a_column_that_the_file_has_not_is_named_beside_those_that_it_has() -> None:
    with pytest.raises(NotThatFormat, match="no column dead, which the mapping names; its columns: event_id"):
        read_own(OWN.replace(",dead", ",killed"))


def release(*without: str, **deaths: str) -> list[Publishable | Unmapped]:
    """The shipped month's first rows, but those named, with other best estimates where given."""
    table = list(csv.reader(io.StringIO(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv").read_text("utf-8"))))
    head, rows = table[0], table[1:41]
    id_at, best, high = head.index("id"), head.index("best"), head.index("high")
    for row in rows:
        if row[id_at] in deaths:
            row[best] = row[high] = deaths[row[id_at]]
    out = io.StringIO()
    csv.writer(out).writerows([head, *(row for row in rows if row[id_at] not in without)])
    return list(ucdp.read(io.StringIO(out.getvalue())))


def ids() -> list[str]:
    return [row.data.observation for row in release() if isinstance(row, Publishable) and isinstance(row.data, ObservationReported)]


def test_between_two_releases_changes_are_revised_what_is_gone_is_retracted_and_the_rest_stays() -> None:
    new, changed, gone, *_ = ids()
    found = changes(release(new), release(gone, **{changed: "77"}))
    kinds = {type(row.data): row for row in found.rows if isinstance(row, Publishable)}
    assert (found.new, found.revised, found.retracted, found.unchanged) == (1, 1, 1, 37)
    assert len(found.rows) == 3
    revised, retracted = kinds[ObservationRevised], kinds[ObservationRetracted]
    assert isinstance(revised.data, ObservationRevised)
    assert revised.data.deaths is not None
    assert (revised.data.observation, revised.data.deaths.best) == (changed, 77)
    assert retracted.data.observation == gone
    assert [row.id for row in found.rows] == [row.id for row in changes(release(new), release(gone, **{changed: "77"})).rows]


def test_a_month_that_the_new_release_does_not_cover_is_left_alone() -> None:
    few = [row for row in release() if isinstance(row, Publishable)][:5]
    found = changes(release(), few)
    assert (found.retracted, found.unchanged, found.kept) == (0, 5, 35)


def test_nothing_is_retracted_by_a_release_with_rows_that_cannot_be_read() -> None:
    new, _, gone, *_ = ids()
    unreadable = Unmapped(7, "no date", "give one")
    found = changes(release(), [*release(gone), unreadable])
    assert (found.retracted, found.kept, found.rows) == (0, 1, [unreadable])
    assert changes(release(new), release(new, gone)).retracted == 1


def test_an_event_that_is_now_of_another_country_is_retracted_there_and_reported_here() -> None:
    old = [row for row in release() if isinstance(row, Publishable)]
    first = old[0]
    assert isinstance(first.data, ObservationReported)
    there = first.data.where.country
    moved = first.data.model_copy(update={"where": first.data.where.model_copy(update={"country": "CHE"})})
    found = changes(old, [replace(first, data=moved), *old[1:]])
    kinds = {type(row.data).__name__: row.data for row in found.rows if isinstance(row, Publishable)}
    assert kinds["ObservationRetracted"].country == there
    assert kinds["ObservationReported"].where.country == "CHE"
    assert (found.revised, found.unchanged) == (1, 39)


def test_what_goes_back_and_forth_is_said_anew_each_time() -> None:
    _, changed, *_ = ids()
    three, five = release(), release(**{changed: "55"})
    there = changes(three, five).rows[0]
    back = changes(five, three).rows[0]
    assert isinstance(there, Publishable)
    assert isinstance(back, Publishable)
    assert there.id != back.id
    gone = changes(three, release(changed)).rows[0]
    again = changes(release(changed), three).rows[0]
    assert isinstance(gone, Publishable)
    assert isinstance(again, Publishable)
    assert again.id not in {row.id for row in three if isinstance(row, Publishable)}


@pytest.fixture(scope="module")
def entente() -> Iterator[Entente]:
    with platform_of_ones_own(datetime(2024, 6, 1, 12, tzinfo=UTC)) as folder:

        def run(*arguments: str | Path, code: int = 0) -> Result:
            result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(folder.path)])
            assert result.exit_code == code, result.output
            return result

        yield run


def as_csv(path: Path, *without: str, **deaths: str) -> Path:
    table = list(csv.reader(io.StringIO(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv").read_text("utf-8"))))
    head, rows = table[0], table[1:41]
    for row in rows:
        said = dict(zip(head, row, strict=True))
        if said["id"] in deaths:
            row[head.index("best")] = row[head.index("high")] = deaths[said["id"]]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[head.index("id")] not in without)])
    return path


@pytest.mark.slow
def test_a_second_release_is_sent_as_what_changed_and_a_second_time_nothing_is_new(entente: Entente, tmp_path: Path) -> None:
    new, changed, gone, *_ = ids()
    key = tmp_path / "key.pem"
    entente("source", "add", "ucdp", "--uri", "https://ucdp.uu.se/candidate", "--new-key", key)
    sending = ("--source", "ucdp", "--key", key, "--format", "ucdp-ged")
    old, later = as_csv(tmp_path / "old.csv", new), as_csv(tmp_path / "later.csv", gone, **{changed: "77"})
    assert "Admitted 39" in entente("publish", old, *sending).stdout
    dry = entente("publish", later, *sending, "--since", old, "--dry-run")
    assert "1 new, 1 revised, 1 retracted, 37 unchanged" in " ".join(dry.stderr.split())
    assert "Nothing was sent" in dry.stdout
    assert "Admitted 3" in dry.stdout
    assert "Admitted 3" in entente("publish", later, *sending, "--since", old).stdout
    again = entente("publish", later, *sending, "--since", old).stdout
    assert "Admitted 0" in again
    types = [event["type"] for event in json.loads(entente("log", "tail", "--service", "gateway", "--count", "3", "--json").stdout)]
    assert sorted(types) == ["entente.observations.reported.v2", "entente.observations.retracted.v1", "entente.observations.revised.v1"]


@pytest.mark.slow
def test_a_dry_run_says_what_the_gateway_would_say_and_sends_nothing(entente: Entente, tmp_path: Path) -> None:
    key, own, mapping = tmp_path / "key.pem", tmp_path / "own.csv", tmp_path / "mapping.toml"
    mapping.write_text(FULL)
    own.write_text(OWN + "x2,2024-05-06,,Egypt,190,,,\nx3,2024-05-06,,Atlantis,190,,,\n")
    entente("source", "add", "desk", "--uri", "https://desk.example.org/x", "--new-key", key, "--countries", "SDN")
    sending = ("publish", own, "--source", "desk", "--key", key, "--format", "csv", "--mapping", mapping)
    told = json.loads(entente(*sending, "--dry-run", "--json", code=1).stdout)
    assert (told["admitted"], told["supposed"]) == (1, False)
    assert [(each["line"], each["reason"]) for each in told["quarantined"]] == [(3, "beyond_rights")]
    assert [each["line"] for each in told["unmapped"]] == [4]
    sent = json.loads(entente(*sending, "--json", code=1).stdout)
    assert [(each["reason"], each["detail"]) for each in sent["quarantined"]] == [
        (each["reason"], each["detail"]) for each in told["quarantined"]
    ]
    supposed = CliRunner().invoke(app, [*map(str, sending), "--dry-run", "--data", str(tmp_path / "nowhere")])
    assert "no platform answers: a source that may report everything is supposed" in " ".join(supposed.stdout.split())


@pytest.mark.slow
def test_icews_is_published_and_what_is_not_said_is_asked_for(entente: Entente, tmp_path: Path) -> None:
    key, file = tmp_path / "key.pem", tmp_path / "events.tab"
    file.write_text(HEAD + icews_row() + icews_row(**{"Event ID": "18", "Country": "Atlantis"}))
    entente("source", "add", "icews", "--uri", "https://icews.example.org", "--new-key", key)
    told = entente("publish", file, "--source", "icews", "--key", key, "--format", "icews", code=1).stdout
    assert "Admitted 1" in told
    assert "line 3: Country 'Atlantis'" in " ".join(told.split())
    assert entente("publish", "--mapping-template").stdout == mapped.TEMPLATE
    assert "give FILE, --source and --key" in " ".join(entente("publish", code=2).stderr.split())
    wrong = entente("publish", file, "--source", "icews", "--key", key, "--format", "csv", code=2).stderr
    assert "has a --mapping" in " ".join(wrong.split())
