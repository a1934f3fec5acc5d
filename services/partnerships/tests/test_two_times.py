"""What was true and what was known are two questions: the registry answers both, over its API, on a clock that moves."""

from entente_contracts.events.partnerships.bindings import AgreementCeasedToBeInForce, AgreementEnteredIntoForce, BindingChanged

DEPOSITS = {"entry": {"by": "deposits", "deposits": 2, "delay": {"days": 30}}, "exit": {"notice": {"months": 6}}}
GIVES = {"provisions": [{"key": "art-1", "gives": "sharing", "level": "secret"}, {"key": "art-2", "gives": "hotline"}]}


def bound(desk, of, **moment):
    return [item["agreement"] for item in desk.get("/bound", of=of, **moment)["items"]]


def pact(desk):
    desk.open("pact", "2025-06-01", **DEPOSITS, **GIVES)
    desk.act("pact", "consented", "2025-07-01", party="FRA", form="ratification")
    desk.act("pact", "consented", "2025-08-01", party="DEU", form="ratification")
    desk.settle()


def test_a_correction_changes_what_is_true_and_not_what_was_known(desk):
    pact(desk)
    assert bound(desk, "FRA", on="2025-08-30") == []
    assert bound(desk, "FRA", on="2025-08-31") == ["pact"]
    desk.go_to("2026-02-01")
    desk.act("pact", "corrected", "2025-09-01", step=3, because="the depositary corrected its notification")
    desk.settle()
    for known_on in ("2026-01-01", "2026-01-31"):
        assert bound(desk, "FRA", on="2025-09-15", known_on=known_on) == ["pact"]
    for known_on in ("2026-02-01", None):
        assert bound(desk, "FRA", on="2025-09-15", **({"known_on": known_on} if known_on else {})) == []
    assert bound(desk, "FRA", on="2025-10-01") == ["pact"]
    assert bound(desk, "FRA", on="2025-10-01", known_on="2025-12-31") == []


def test_the_answer_names_each_step_with_its_event(desk):
    pact(desk)
    (item,) = desk.get("/bound", of="FRA", on="2025-08-31")["items"]
    assert [(ground["what"], ground["on"]) for ground in item["why"]] == [("FRA ratified", "2025-07-01"), ("DEU ratified", "2025-08-01")]
    steps = {step["event"]: step["says"] for step in desk.get("/agreements/pact")["steps"]}
    assert [steps[ground["event"]] for ground in item["why"]] == ["FRA ratified", "DEU ratified"]
    assert item["with"] == ["DEU"]
    assert [provision["key"] for provision in item["gives"]] == ["art-1", "art-2"]


def test_what_is_told_comes_on_the_day_and_carries_all_that_a_reader_needs(desk):
    pact(desk)
    assert [type(event) for event in desk.told("pact")] == [AgreementEnteredIntoForce, BindingChanged, BindingChanged]
    desk.act("pact", "denounced", "2026-01-01", party="DEU")
    desk.settle()
    foreseen = [event for event in desk.told("pact") if isinstance(event, BindingChanged)][2:]
    assert [(event.party, event.bound, str(event.ends)) for event in foreseen] == [("DEU", True, "2026-07-01"), ("FRA", True, "2026-07-01")]
    desk.go_to("2026-06-30")
    assert len(desk.told("pact")) == 5
    desk.go_to("2026-07-01")
    *_, left, deu, fra = desk.told("pact")
    assert isinstance(left, AgreementCeasedToBeInForce)
    assert [(event.party, event.bound) for event in (deu, fra)] == [("DEU", False), ("FRA", False)]
    assert bound(desk, "FRA") == []
    assert bound(desk, "FRA", on="2026-06-30") == ["pact"]
    past = "was no longer in force on 2026-07-01; it was from 2025-08-31 up to 2026-07-01 (left)"
    assert past in desk.get("/agreements/pact")["says"]
    assert "was not in force on 2025-08-30" in desk.get("/agreements/pact", on="2025-08-30")["says"]


def test_what_changes_in_the_next_days_is_known_with_its_reason(desk):
    pact(desk)
    assert desk.get("/changes", within=365)["items"] == []
    desk.act("pact", "denounced", "2026-01-01", party="DEU")
    desk.settle()
    items = desk.get("/changes", within=181)["items"]
    assert {(item["day"], item["party"], item["what"]) for item in items} == {
        ("2026-07-01", None, "ceases"),
        ("2026-07-01", "DEU", "binds_no_more"),
        ("2026-07-01", "FRA", "binds_no_more"),
    }
    assert all(ground["what"] == "DEU gave notice that it leaves" for item in items for ground in item["why"])
    assert desk.get("/changes", within=180)["items"] == []


def test_a_bodys_suspension_and_return_change_exactly_its_members_bindings(desk):
    pact(desk)
    desk.post("/bodies", {"body": "AU", "name": "African Union", "kind": "regional_body", "binds": {"standings": ["full"]}})
    for member in ("SDN", "KEN"):
        desk.member("AU", "joined", "2025-01-01", member=member, standing="full")
    desk.act("pact", "consented", "2025-10-01", party="AU", form="accession")
    desk.settle()
    before = len(desk.told("pact"))
    assert bound(desk, "SDN", on="2025-10-31") == ["pact"]
    assert bound(desk, "SDN", on="2025-10-30") == []
    desk.member("AU", "suspended", "2025-12-01", member="SDN", because="a coup")
    desk.settle()
    (told,) = desk.told("pact")[before:]
    assert (told.party, told.bound, told.through) == ("SDN", False, ())
    assert [ground.what for ground in told.why][-1] == "SDN was suspended from AU"
    assert bound(desk, "SDN", on="2025-11-30") == ["pact"]
    assert bound(desk, "SDN", on="2025-12-01") == []
    assert bound(desk, "KEN", on="2025-12-01") == ["pact"]
    desk.member("AU", "resumed", "2026-01-01", member="SDN", because="elections")
    desk.settle()
    assert (desk.told("pact")[-1].party, desk.told("pact")[-1].through) == ("SDN", ("AU",))
    (item,) = desk.get("/bound", of="SDN")["items"]
    assert item["through"] == ["AU"]
    assert [ground["what"] for ground in item["why"]] == [
        "SDN became a member of AU", "DEU ratified", "AU acceded", "SDN was suspended from AU", "SDN came back to AU",
    ]  # fmt: skip


def test_between_two_parties_every_provision_says_whether_it_holds_and_why(desk):
    desk.open("pact", "2025-06-01", **DEPOSITS, **GIVES)
    desk.act(
        "pact", "reserved", "2025-07-01", party="FRA", reservation="r1", provisions=["art-2"], effect="excludes", text="no", status=422
    )
    desk.act("pact", "consented", "2025-07-01", party="FRA", form="ratification")
    desk.act("pact", "reserved", "2025-07-01", party="FRA", reservation="r1", provisions=["art-2"], effect="excludes", text="no hotline")
    for party in ("DEU", "ITA"):
        desk.act("pact", "consented", "2025-08-01", party=party, form="ratification")
    desk.act("pact", "objected", "2025-09-01", party="ITA", reservation="r1", no_relations=True)
    desk.settle()
    (with_deu,) = desk.get("/between", a="FRA", b="DEU")["items"]
    assert [(given["provision"]["key"], given["holds"]) for given in with_deu["gives"]] == [("art-1", "full"), ("art-2", "excluded")]
    assert [ground["what"] for ground in with_deu["gives"][1]["because"]] == ["FRA made the reservation r1 (excludes art-2)"]
    (with_ita,) = desk.get("/between", a="ITA", b="FRA")["items"]
    assert with_ita["relations"] is False
    assert "ITA objected to the reservation r1, and opposes that it be in force between the two" in [g["what"] for g in with_ita["why"]]
    (before,) = desk.get("/between", a="ITA", b="FRA", on="2025-08-31")["items"]
    assert before["relations"] is True


def test_two_members_of_one_body_are_bound_to_the_others_and_not_by_it_to_each_other(desk):
    pact(desk)
    desk.post("/bodies", {"body": "AU", "name": "African Union", "kind": "regional_body", "binds": {"standings": ["full"]}})
    for member in ("SDN", "KEN"):
        desk.member("AU", "joined", "2025-01-01", member=member, standing="full")
    desk.act("pact", "consented", "2025-10-01", party="AU", form="accession")
    desk.settle()
    assert desk.get("/between", a="SDN", b="KEN")["items"] == []
    (item,) = desk.get("/between", a="SDN", b="FRA")["items"]
    assert (item["a_through"], item["b_through"]) == ("AU", None)


def test_the_network_of_a_day_has_parties_as_nodes_and_wide_agreements_too(desk):
    pact(desk)
    desk.open("wide", "2025-06-01", entry={"by": "deposits", "deposits": 2})
    for party in ("FRA", "DEU", "ITA"):
        desk.act("wide", "consented", "2025-07-01", party=party, form="ratification")
    desk.settle()
    network = desk.get("/network", on="2025-12-01")
    assert {(node["id"], node["kind"]) for node in network["nodes"]} == {
        ("FRA", "state"), ("DEU", "state"), ("ITA", "state"), ("wide", "agreement"),
    }  # fmt: skip
    assert {(link["source"], link["target"]): link["agreements"] for link in network["links"]} == {
        ("DEU", "FRA"): ["pact"], ("DEU", "wide"): ["wide"], ("FRA", "wide"): ["wide"], ("ITA", "wide"): ["wide"],
    }  # fmt: skip
    assert network["graph"]["on"] == "2025-12-01"
    assert desk.get("/network", on="2025-06-15")["nodes"] == []


def test_a_day_of_knowledge_to_come_and_a_day_beyond_all_records_are_refused(desk):
    for path in ("/bound?of=FRA", "/between?a=FRA&b=DEU", "/network?", "/agreements/pact?", "/bodies/AU?"):
        said = desk.get(f"{path}&known_on=2026-01-02", status=422)
        assert (said["code"], said["where"], said["today"]) == ("in-the-future", "query known_on", "2026-01-01")
        assert desk.get(f"{path}&on=1599-12-31", status=422)["code"] == "beyond-all-records"


def test_an_unknown_party_agreement_or_body_is_named_with_what_to_do(desk):
    for path, code in (
        ("/bound?of=XYZ", "unknown-party"),
        ("/between?a=FRA&b=XYZ", "unknown-party"),
        ("/agreements/none", "no-such-agreement"),
        ("/bodies/NONE", "no-such-body"),
    ):
        said = desk.get(path, status=404)
        assert said["code"] == code
        assert said["mend"]
    assert desk.get("/between?a=FRA&b=FRA", status=422)["code"] == "not-a-pair"


def test_an_agreement_was_not_there_before_it_was_recorded(desk):
    desk.go_to("2026-01-05")
    pact(desk)
    said = desk.get("/agreements/pact", known_on="2026-01-04", status=404)
    assert said["code"] == "no-such-agreement"
    assert desk.get("/agreements/pact", known_on="2026-01-05")["in_force_since"] == "2025-08-31"
