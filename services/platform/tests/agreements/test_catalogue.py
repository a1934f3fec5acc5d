"""The catalogue that is shipped: real agreements and bodies that cover every stage of treaty life, each with its source."""

from datetime import date

import pytest

from entente_contracts.events.partnerships.agreements import Ending, Form
from entente_contracts.events.partnerships.bindings import Ceased, How
from entente_contracts.events.partnerships.bodies import Standing
from entente_contracts.events.partnerships.parts import Entry, Gives, Renewal
from entente_partnerships.asked.acts import TREATY_ACTS, treaty_event
from entente_partnerships.asked.agreements import Recorded
from entente_partnerships.domain.treaty.entry import Missing
from entente_partnerships.domain.treaty.life import life_of
from entente_partnerships.states import former
from entente_platform.agreements.catalogue import catalogue
from entente_platform.agreements.judging import judged
from entente_platform.agreements.lines import Taken

AGREEMENTS = {line.name: line.item for line in catalogue() if "agreement" in line.item}
BODIES = {line.name: line.item for line in catalogue() if "body" in line.item}
ACTS = [act for item in AGREEMENTS.values() for act in item["acts"]]


def life(name):
    recorded = Recorded.model_validate(AGREEMENTS[name])
    events = [recorded.event(), *(treaty_event(name, act) for act in recorded.acts)]
    found = life_of(enumerate(events, 1), former())
    assert found is not None
    return found


def test_the_registry_would_take_all_of_it():
    left = [line for line in judged(catalogue(), date(2026, 11, 1)) if not isinstance(line, Taken)]
    assert left == []
    assert len(AGREEMENTS) >= 40
    assert len(BODIES) >= 10


def test_each_names_its_source():
    assert all(item["terms"]["source"] for item in AGREEMENTS.values())
    assert all(item["source"] and item["binds"]["citation"] for item in BODIES.values())


def test_every_stage_of_treaty_life_is_there():
    assert {act["act"] for act in ACTS} == set(TREATY_ACTS) - {"resumed"}
    assert {item["terms"]["entry"]["by"] for item in AGREEMENTS.values()} == {entry.value for entry in Entry}
    forms = {act["form"] for act in ACTS if "form" in act}
    assert {form.value for form in Form} - forms == {"approval", "notification"}
    assert {act["how"] for act in ACTS if "how" in act} <= {ending.value for ending in Ending}
    assert {item["terms"]["term"]["renewal"] for item in AGREEMENTS.values() if "renewal" in item["terms"].get("term", {})} == {
        Renewal.AGREED.value,
        Renewal.TACIT.value,
    }
    lives = [life(name) for name in AGREEMENTS]
    assert {found.ceased for found in lives} >= {None, Ceased.EXPIRED, Ceased.TERMINATED, Ceased.LEFT}
    assert any(isinstance(found.entry, Missing) and found.entry.what for found in lives)
    assert {bound.how for found in lives for bounds in found.bound.values() for bound in bounds} == set(How)


def test_everything_that_an_agreement_may_give_is_there():
    given = {provision["gives"] for item in AGREEMENTS.values() for provision in item["terms"]["provisions"]}
    assert given == {gives.value for gives in Gives}


def test_bodies_have_members_observers_suspensions_and_returns():
    acts = [act for item in BODIES.values() for act in item["acts"]]
    assert {act["act"] for act in acts} == {"joined", "suspended", "resumed", "left"}
    assert {Standing.FULL.value, Standing.OBSERVER.value} <= {act["standing"] for act in acts if "standing" in act}


@pytest.mark.parametrize(
    ("name", "party", "first", "until"),
    [
        ("geneva-3-1949", "CHE", "1950-10-21", None),
        ("ltbt-1963", "USA", "1963-10-10", None),
        ("rome-statute-1998", "PHL", "2011-11-01", "2019-03-17"),
        ("rome-statute-1998", "GMB", "2002-09-01", None),
        ("ottawa-1997", "ITA", "1999-10-01", None),
        ("ottawa-1997", "FIN", "2012-07-01", "2026-01-10"),
        ("ottawa-1997", "LTU", "2003-11-01", "2025-12-27"),
        ("npt-1968", "USA", "1970-03-05", None),
        ("npt-1968", "PRK", "1985-12-12", "2003-04-10"),
        ("npt-1968", "MNE", "2006-06-03", None),
        ("inf-1987", "SUN", "1988-06-01", "1991-12-26"),
        ("abm-1972", "RUS", "1991-12-26", "2002-06-13"),
        ("salt-1-interim-1972", "USA", "1972-10-03", "1977-10-03"),
        ("start-1991", "UKR", "1994-12-05", "2009-12-05"),
        ("new-start-2010", "USA", "2011-02-05", "2026-02-05"),
        ("open-skies-1992", "USA", "2002-01-01", "2020-11-22"),
        ("open-skies-1992", "RUS", "2002-01-01", "2021-12-18"),
        ("rio-1947", "MEX", "1948-12-03", "2004-09-06"),
        ("warsaw-1955", "ALB", "1955-06-04", "1968-09-13"),
        ("warsaw-1955", "POL", "1955-06-04", "1991-07-01"),
        ("ussr-dprk-1961", "RUS", "1991-12-26", "1996-09-10"),
        ("north-atlantic-1949", "FIN", "2023-04-04", None),
        ("cst-1992", "GEO", "1994-04-20", "1999-04-20"),
    ],
)
def test_what_follows_from_the_acts_is_what_happened(name, party, first, until):
    spans = [bound.span for bound in life(name).bound[party]]
    assert spans[0].first == date.fromisoformat(first) or any(span.first == date.fromisoformat(first) for span in spans)
    last = spans[-1].until
    assert (None if last == date.max else last) == (date.fromisoformat(until) if until else None)


@pytest.mark.parametrize("name", ["ctbt-1996", "china-india-1996"])
def test_what_is_not_in_force_is_not_computed_to_be(name):
    assert life(name).bound == {}
