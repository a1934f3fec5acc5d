"""The questions over HTTP."""

import json
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from entente_stability.examples import EXAMPLES
from entente_stability.testing.line import Line


def test_a_score_is_the_sum_of_its_terms(october: Line, api: Any) -> None:
    answer = api.get("/countries/SDN", on="2023-10-03")
    assert answer["watched"] is True
    assert sum(term["thousandths"] for term in answer["score"]["terms"]) == answer["score"]["z"]
    assert answer["score"]["status"] == "provisional"
    assert answer["coverage"]["sources"] == ["acled", "ucdp"]
    assert answer["coverage"]["history_begins"] == "2023-10-01"


def test_a_computed_score_equals_the_published_one(october: Line, api: Any) -> None:
    published = {one["day"]: one for one in api.get("/countries/SDN/history")["items"]}
    assert sorted(published) == ["2023-10-01", "2023-10-02", "2023-10-03"]
    for on, one in published.items():
        answer = api.get("/countries/SDN", on=on)
        assert (answer["score"]["z"], answer["coverage"]["confidence"]) == (one["z"], one["confidence"])


def test_a_look_back_uses_what_was_known_then_and_can_ask_for_more(october: Line, api: Any) -> None:
    then = api.get("/countries/SDN", on="2023-10-01")["score"]["stability"]
    now = api.get("/countries/SDN", on="2023-10-01", known_on="2023-10-03")["score"]["stability"]
    assert now < then


def test_today_is_the_clocks(october: Line, api: Any) -> None:
    assert api.get("/countries/SDN")["on"] == "2023-10-04"


def test_where_nobody_watches_there_is_no_score_and_it_says_so(october: Line, api: Any) -> None:
    answer = api.get("/countries/CHE")
    assert (answer["watched"], answer["score"], answer["coverage"]) == (False, None, None)
    assert answer["says"].startswith("No score")
    why = api.get("/countries/CHE/why")
    assert (why["watched"], why["stability"], why["terms"]) == (False, None, [])


def test_before_anybody_watched_there_is_no_score(october: Line, api: Any) -> None:
    assert api.get("/countries/SDN", on="2023-09-30")["watched"] is False


def test_what_is_known_today_says_nothing_of_a_day_long_before_all_reports(october: Line, api: Any) -> None:
    for asked in ("/countries/SDN", "/countries/SDN/why"):
        answer = api.get(asked, on="1950-01-01", known_on="2023-10-03")
        assert answer["watched"] is False
        assert answer["says"].startswith("No score")
        assert "1950-01-01" in answer["says"]


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/countries/XXX", {}, 404, "unknown-country"),
        ("/countries/sdn", {}, 404, "unknown-country"),
        ("/countries/XXX/why", {}, 404, "unknown-country"),
        ("/countries/XXX/history", {}, 404, "unknown-country"),
        ("/pairs/SDN/XXX", {}, 404, "unknown-country"),
        ("/pairs/SDN/SDN", {}, 422, "not-a-pair"),
        ("/countries/SDN", {"on": "2023-10-05"}, 422, "in-the-future"),
        ("/countries/SDN", {"known_on": "2023-10-05"}, 422, "in-the-future"),
        ("/countries/SDN", {"on": "0001-01-01"}, 422, "before-all-records"),
        ("/countries/SDN", {"on": "yesterday"}, 422, "invalid-request"),
        ("/countries", {"after": "nonsense"}, 400, "bad-cursor"),
        ("/countries", {"after": "WzEsMl0"}, 400, "bad-cursor"),
        ("/countries/SDN/history", {"after": "WyJ4Il0"}, 400, "bad-cursor"),
        ("/countries/SDN/history", {"after": "WzFd"}, 400, "bad-cursor"),
        ("/warnings", {"since": "2023-10-01", "after": "WzFd"}, 400, "bad-cursor"),
    ],
)
def test_what_cannot_be_answered_says_what_where_and_how_to_mend_it(
    api: Any, path: str, params: dict[str, str], status: int, code: str
) -> None:
    problem = api.get(path, status=status, **params)
    assert problem["code"] == code
    assert problem["detail"]
    assert problem["where"]
    assert problem["mend"]


def test_without_the_permission_nothing_is_told(api: Any) -> None:
    request = api.http.build_request("GET", "/stability/countries")
    del request.headers["authorization"]
    response = api.portal.call(api.http.send, request)
    assert response.status_code == 401
    assert "stability:read" in response.json()["detail"]


def test_why_names_the_observations_behind_each_term_and_their_shares_add_up(october: Line, api: Any) -> None:
    why = api.get("/countries/SDN/why", on="2023-10-03")
    assert sum(term["thousandths"] for term in why["terms"]) == why["z"]
    for term in why["terms"][1:]:
        shares = sum(one["share_thousandths"] for one in term["observations"]) + term["others"]["share_thousandths"]
        assert shares == term["thousandths"]
    deaths = why["terms"][1]["observations"]
    assert [one["observation"] for one in deaths] == ["s5", "s4", "s3", "s2"]
    assert deaths[0]["deaths_best"] == 500
    assert deaths[0]["known"] == "2023-10-03"
    assert deaths[0]["foreign"].startswith("https://ucdp.example.org#")


def test_why_shows_the_versions_that_were_known_then(october: Line, api: Any) -> None:
    deaths = api.get("/countries/SDN/why", on="2023-10-02")["terms"][1]["observations"]
    assert [(one["observation"], one["deaths_best"]) for one in deaths][:2] == [("s5", 25), ("s4", 20)]
    assert {one["observation"] for one in deaths} == {"s1", "s2", "s3", "s4", "s5"}


def test_why_says_which_source_was_not_counted(october: Line, api: Any) -> None:
    why = api.get("/countries/SDN/why", on="2023-10-03")
    assert {(one["source"], one["taken"], one["channel"]) for one in why["not_counted"]} == {
        ("acled", "ucdp", "deaths"),
        ("acled", "ucdp", "violent_events"),
    }
    assert why["not_counted_in_all"] == 2


def test_why_lists_at_most_as_many_as_asked_for_and_sums_up_the_others(october: Line, api: Any) -> None:
    term = api.get("/countries/SDN/why", on="2023-10-03", most=1)["terms"][1]
    assert len(term["observations"]) == 1
    assert term["others"]["observations"] == 3
    assert term["observations"][0]["share_thousandths"] + term["others"]["share_thousandths"] == term["thousandths"]


def test_a_pair_is_scored_from_what_both_took_part_in_whatever_their_order(october: Line, api: Any) -> None:
    one, other = (api.get(path, on="2023-10-01") for path in ("/pairs/ISR/LBN", "/pairs/LBN/ISR"))
    assert one == other
    assert (one["a"], one["b"], one["watched"]) == ("ISR", "LBN", True)
    assert one["coverage"]["observations"] == 1
    assert api.get("/pairs/SDN/TCD")["watched"] is False


def test_the_list_has_the_latest_of_each_country_page_by_page(october: Line, api: Any) -> None:
    pages = list(api.pages("/countries", limit=1))
    assert [[item["country"] for item in page["items"]] for page in pages] == [["LBN"], ["SDN"]]
    pages = list(api.pages("/countries", limit=1, order="least_stable"))
    assert [[item["country"] for item in page["items"]] for page in pages] == [["SDN"], ["LBN"]]
    sudan = pages[0]["items"][0]
    assert (sudan["day"], sudan["name"], sudan["warning"]) == ("2023-10-03", "Sudan", "alert")
    assert sudan["change"]["since"] == "2023-10-01"
    assert sudan["change"]["points"] < 0


def test_a_cursor_of_one_order_is_refused_by_the_other(october: Line, api: Any) -> None:
    first = api.portal.call(lambda: api.http.get("/stability/countries", params={"limit": 1}))
    response = api.portal.call(lambda: api.http.get(f"{first.links['next']['url']}&order=least_stable"))
    assert response.status_code == 400


def test_the_history_is_paged_and_can_begin_later(october: Line, api: Any) -> None:
    pages = list(api.pages("/countries/SDN/history", limit=2))
    assert [[item["day"] for item in page["items"]] for page in pages] == [["2023-10-01", "2023-10-02"], ["2023-10-03"]]
    assert [item["day"] for item in api.get("/countries/SDN/history", since="2023-10-03")["items"]] == ["2023-10-03"]


def test_warnings_stand_and_their_changes_are_kept(october: Line, api: Any) -> None:
    now = api.get("/warnings")
    assert [(one["country"], one["level"]) for one in now["standing"]] == [("SDN", "alert")]
    assert now["changes"] == []
    pages = list(api.pages("/warnings", since="2023-10-01", limit=1))
    changes = [change for page in pages for change in page["changes"]]
    assert [(one["day"], one["before"], one["level"]) for one in changes] == [
        ("2023-10-01", None, "watch"),
        ("2023-10-03", "watch", "alert"),
    ]
    assert api.get("/warnings", since="2023-10-04")["changes"] == []


def test_a_standing_warning_names_the_event_that_raised_it(october: Line, api: Any) -> None:
    (standing,) = api.get("/warnings")["standing"]
    (_, raised) = october.written("warning/SDN")
    assert (standing["event"], standing["assessment"]) == (raised.id, raised.data.assessment)


def test_every_parameter_of_the_api_page_has_words(api: Any) -> None:
    paths = api.get("/openapi.json")["paths"]
    ours = {path: way["get"] for path, way in paths.items() if path.startswith(("/countries", "/pairs", "/warnings"))}
    assert len(ours) == 6
    for path, way in ours.items():
        assert way["description"], path
        assert all(parameter.get("description") for parameter in way.get("parameters", [])), path


FEW = settings(
    max_examples=10, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
OPERATIONS = ["/countries", "/countries/{iso3}", "/countries/{iso3}/why", "/countries/{iso3}/history", "/pairs/{a}/{b}", "/warnings"]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", OPERATIONS)
def test_no_request_that_the_document_allows_or_forbids_meets_a_fault(
    october: Line, api: Any, path: str, mode: schemathesis.GenerationMode
) -> None:
    operation = schemathesis.openapi.from_dict(api.get("/openapi.json"))[path]["GET"]
    met = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @FEW
    def asks(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://stability.test/stability")
        response = api.portal.call(lambda: api.http.get(sent["url"], params=sent.get("params") or None))
        met.add(response.status_code)
        assert response.status_code < 500, response.text
        if response.is_success:
            operation.validate_response(schemathesis.Response.from_httpx(response, verify=False))

    asks()
    assert met


@pytest.mark.parametrize("asked", EXAMPLES)
def test_the_examples_of_the_api_page_are_what_it_answers(october: Line, api: Any, asked: str) -> None:
    answer = json.loads(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "01", json.dumps(api.get(asked))))
    assert answer == json.loads(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "01", json.dumps(EXAMPLES[asked])))


def test_asking_changes_nothing(october: Line, api: Any) -> None:
    before = october.instances.digest("observed@1")
    for path in ("/countries", "/countries/SDN", "/countries/SDN/why", "/countries/SDN/history", "/pairs/ISR/LBN", "/warnings"):
        api.get(path)
    assert october.instances.digest("observed@1") == before
