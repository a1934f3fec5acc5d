"""Lines of others' files: what is taken, what is left and why."""

import csv
import io
import os
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from entente_partnerships.states import former_states
from entente_platform.agreements import atop, dcad, own_csv
from entente_platform.agreements.judging import judged
from entente_platform.agreements.lines import Left, NotThatLayout, Taken
from entente_platform.agreements.reading import Layout, layout_of, read_file
from entente_platform.agreements.states import numbered, state_on

TODAY = date(2026, 1, 1)


def a_line(**about):
    usual = dict.fromkeys(dcad.COLUMNS, "")
    usual |= {"ccode1": "220", "ccode2": "255", "signDay": "1", "signMonth": "4", "signYear": "1994", "type": "general"}
    usual |= {"EIFDay": "2", "EIFMonth": "5", "EIFYear": "1995", "category1": "DCA", "DCAid": "DCADv1.0-0007", "source": "UNTS"}
    return {**usual, **about}


def of_dcad(**about):
    (line,) = dcad.read(list(dcad.COLUMNS), [a_line(**about)])
    return line


class TestDcad:
    def test_a_line_with_both_days_is_signed_on_one_and_in_force_from_the_other(self):
        line = of_dcad()
        assert isinstance(line, Taken)
        assert line.line == 2
        assert line.name == "dcad-0007"
        assert line.item["on"] == "1994-04-01"
        assert line.item["terms"]["entry"] == {"by": "date", "on": "1995-05-02"}
        assert line.item["acts"] == [{"act": "signed", "party": party, "on": "1994-04-01"} for party in ("FRA", "DEU")]
        assert line.notes == ()

    def test_without_a_signature_the_consents_stand_on_the_day_of_entry(self):
        line = of_dcad(signDay="", signMonth="", signYear="")
        assert [act["act"] for act in line.item["acts"]] == ["consented", "consented"]
        assert line.item["on"] == "1995-05-02"

    def test_without_an_entry_it_is_on_record_and_never_in_force(self):
        line = of_dcad(EIFDay="", EIFMonth="", EIFYear="-99")
        assert line.item["terms"]["entry"] == {"by": "unknown"}
        assert "no day of entry into force: it is on record, and never in force" in line.notes

    def test_a_signature_after_the_entry_is_left_out_and_told(self):
        line = of_dcad(signYear="1996")
        assert [act["act"] for act in line.item["acts"]] == ["consented", "consented"]
        assert line.notes == ("its signature on 1996-04-01 is left out: it was in force since 1995-05-02 already",)

    @pytest.mark.parametrize(
        ("about", "reason", "why"),
        [
            ({"signDay": "-77", "EIFDay": "-77", "EIFMonth": "-77", "EIFYear": "-77"}, "no-date", "signDay is not known (signDay -77"),
            ({"signDay": "", "signMonth": "", "signYear": "", "EIFDay": "", "EIFMonth": "", "EIFYear": ""}, "no-date", "neither"),
            ({"signDay": "31", "EIFYear": ""}, "no-date", "there is no such day (signDay 31, signMonth 4, signYear 1994"),
            ({"ccode1": "999"}, "unknown-state", "ccode1: the number '999' stands for no state"),
            ({"ccode1": "265"}, "unknown-state", "ccode1: the number 265 (DDR) stood for no state on 1994-04-01"),
            ({"ccode2": "220"}, "one-party", "both numbers stand for FRA"),
        ],
    )
    def test_a_line_that_cannot_be_taken_says_what_where_and_what_to_do(self, about, reason, why):
        line = of_dcad(**about)
        assert isinstance(line, Left)
        assert line.reason == reason
        assert why in line.why
        assert line.mend

    def test_states_that_are_no_more_are_named_with_their_successors(self):
        line = of_dcad(ccode1="345", signYear="1991", EIFYear="1991")
        assert line.item["terms"]["negotiated_by"] == ["YUG", "DEU"]
        assert "YUG is no more since 1992-04-28; its successors: BIH, HRV, MKD, SCG, SVN" in line.notes

    def test_terms_and_terminations_that_the_data_set_does_not_say_whole_are_not_taken(self):
        line = of_dcad(span="5", renewType="-66", terminated="1")
        assert "term" not in line.item["terms"]
        assert line.notes == (
            "its term of 5 years (renewal code -66) is not taken: what follows it is not said",
            "it was terminated, on a day that is not said",
        )


def a_year(a, b, year, *flags):
    return {"ccode1": str(a), "ccode2": str(b), "year": str(year), **{flag: "1" if flag in flags else "0" for flag in atop.FLAGS}}


def of_atop(*rows):
    return list(atop.read(list(atop.COLUMNS), rows))


class TestAtop:
    def test_years_with_the_same_obligations_are_one_agreement(self):
        lines = of_atop(
            *(a_year(2, 20, year, "atop_defense", "atop_consul") for year in (1990, 1991)),
            a_year(2, 20, 1992, "atop_consul"),
            a_year(2, 20, 1994, "atop_consul"),
        )
        assert [(line.name, line.item["on"]) for line in lines] == [
            ("atop-2-20-1990", "1990-01-01"),
            ("atop-2-20-1992", "1992-01-01"),
            ("atop-2-20-1994", "1994-01-01"),
        ]
        first, second, last = (line.item for line in lines)
        assert [provision["gives"] for provision in first["terms"]["provisions"]] == ["mutual_defence", "consultation"]
        assert [(act["act"], act["on"]) for act in first["acts"]][-1] == ("terminated", "1992-01-01")
        assert second["acts"][-1]["on"] == "1993-01-01"
        assert [act["act"] for act in last["acts"]] == ["consented", "consented"]

    def test_a_number_that_passes_to_another_state_ends_the_agreement(self):
        lines = of_atop(*(a_year(365, 710, year, "atop_nonagg") for year in (1991, 1992)))
        assert [line.item["terms"]["negotiated_by"] for line in lines] == [["SUN", "CHN"], ["RUS", "CHN"]]

    def test_a_state_that_was_not_there_that_year_is_left_with_its_line(self):
        (line,) = of_atop(a_year(2, 316, 1992, "atop_consul"))
        assert (line.line, line.reason) == (2, "unknown-state")

    def test_years_without_any_obligation_are_no_agreement(self):
        assert of_atop(a_year(2, 20, 1990)) == []

    def test_what_is_no_year_is_left(self):
        (line,) = of_atop(a_year(2, 20, "x", "atop_consul"))
        assert (line.reason, line.why) == ("no-date", "year: 'x' is no year")


class TestOurOwnLayout:
    def read(self, text):
        rows = csv.DictReader(io.StringIO(text))
        return judged(list(own_csv.read(list(rows.fieldnames or []), rows)), TODAY)

    def test_the_template_is_read_whole(self):
        pact, memo = self.read(own_csv.TEMPLATE)
        assert isinstance(pact, Taken)
        assert isinstance(memo, Taken)
        assert [act["act"] for act in pact.item["acts"]] == ["signed", "signed", "consented", "consented", "denounced"]
        assert memo.item["acts"][-1] == {"act": "terminated", "on": "2012-07-01", "because": "superseded by a new one", "how": "unrecorded"}

    @pytest.mark.parametrize(
        ("old", "new", "reason", "why"),
        [
            ("pact-2001,Pact of 2001,2001-03-01", "pact-2001,Pact of 2001,2001-13-01", "invalid", "pact-2001: on: "),
            ("pact-2001,Pact of 2001", "pact-2001,", "not-described", "title: is empty on the first line of pact-2001"),
            ("deposits,,2", "somehow,,2", "invalid", "got 'somehow'"),
            ("signed,DEU,2001-03-01", "signed,XXX,2001-03-01", "unknown-party", "acts[1].party: 'XXX' is no state"),
            ("signed,DEU,2001-03-01", "signed,DEU,2001-02-28", "before-opened", "acts[1].on"),
            ("signed,DEU,2001-03-01", "singed,DEU,2001-03-01", "invalid", "acts"),
            ("memo-2005,,", "pact-2001,,", "scattered", "came further up already"),
            ("denounced,DEU,2010-01-31", "denounced,ITA,2010-01-31", "not-a-party", "acts[4].party: ITA has not consented"),
        ],
    )
    def test_an_agreement_with_a_line_that_cannot_be_is_left_with_its_place(self, old, new, reason, why):
        assert old in own_csv.TEMPLATE
        left = [line for line in self.read(own_csv.TEMPLATE.replace(old, new, 1)) if isinstance(line, Left)]
        assert reason in {line.reason for line in left}
        assert any(why in line.why for line in left), left

    def test_a_line_without_a_name_is_left(self):
        (line,) = self.read(",".join(own_csv.COLUMNS) + "\n" + "," * (len(own_csv.COLUMNS) - 1) + "\n")
        assert line.reason == "no-name"


class TestLayouts:
    @pytest.mark.parametrize("layout", list(Layout))
    def test_are_told_by_their_columns(self, layout):
        columns = {Layout.DCAD: dcad.COLUMNS, Layout.ATOP: atop.COLUMNS, Layout.CSV: own_csv.COLUMNS}
        assert layout_of([*columns[layout], "more"]) is layout

    def test_of_another_file_say_what_is_missing(self, tmp_path):
        path = tmp_path / "other.csv"
        path.write_text("a,b\n1,2\n")
        with pytest.raises(NotThatLayout, match="its columns are those of no layout: a, b; --template prints one"):
            read_file(path)
        with pytest.raises(NotThatLayout, match="it has no column ccode1, ccode2"):
            read_file(path, Layout.DCAD)


class TestStateNumbers:
    @pytest.mark.parametrize(
        ("number", "day", "state"),
        [
            ("345", "1992-04-27", "YUG"),
            ("345", "1992-04-28", "SCG"),
            ("345", "2006-06-05", "SCG"),
            ("345", "2006-06-06", "SRB"),
            ("365", "1991-12-25", "SUN"),
            ("365", "1991-12-26", "RUS"),
            ("265", "1990-10-02", "DDR"),
            ("265", "1990-10-03", None),
            ("255", "1990-10-03", "DEU"),
            ("260", "1990-10-02", "DEU"),
            ("-77", "1990-10-02", None),
            ("x", "1990-10-02", None),
        ],
    )
    def test_stand_for_a_state_on_a_day(self, number, day, state):
        assert state_on(number, date.fromisoformat(day)) == state

    def test_never_stand_for_two_states_on_one_day_and_agree_with_the_states_that_are_no_more(self):
        for spans in numbered().values():
            for one, other in pairwise(spans):
                assert one.until is None or other.since >= one.until or other.until is not None
            for span in spans:
                former = former_states().get(span.code)
                if former is not None and span.code != "VDR":
                    assert span.until is not None
                    assert span.until <= former.until

    def test_agree_with_the_list_of_the_project_itself(self):
        folder = Path(os.environ.get("ENTENTE_DATA", "../shared/data"))
        path = folder / "reference" / "cow_states.csv"
        if not path.is_file():
            pytest.skip(f"the list of states is not on this machine: {path}; name its folder with ENTENTE_DATA")
        with path.open(encoding="utf-8") as file:
            known = {int(float(row["ccode"])) for row in csv.DictReader(file) if float(row["endyear"]) >= 1990}
        assert known <= set(numbered())
