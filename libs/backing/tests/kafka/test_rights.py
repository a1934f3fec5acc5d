"""The least that each principal needs, as sentences about the declared topics."""

import re
from pathlib import Path

import pytest

from entente_backing.kafka.credentials import Credentials
from entente_backing.kafka.layout import Layout
from entente_backing.kafka.provision import invite
from entente_backing.kafka.rights import May, On, Right, service_rights, source_rights
from entente_backing.kafka.settings import properties
from entente_backing.kafka.trouble import KafkaTrouble
from entente_contracts.topics import GATEWAY, INBOUND, OBSERVATIONS, REPLIES, STABILITY, TOPICS


def topics(rights: frozenset[Right], may: May) -> set[str]:
    return {right.name for right in rights if right.on is On.TOPIC and right.may is may}


@pytest.mark.parametrize("service", ["gateway", "stability", "exercises"])
def test_a_service_writes_and_makes_generations_of_its_own_topics_and_nothing_else_of_the_log(service: str):
    rights = service_rights(service, TOPICS)
    own = {topic.prefix for topic in TOPICS if topic.owner == service}
    for may in (May.WRITE, May.CREATE):
        assert {name for name in topics(rights, may) if not name.startswith(REPLIES)} == own
    assert all(right.prefix for right in rights if right.name in own)


def test_a_service_reads_what_it_declares_and_looks_at_what_it_wrote():
    assert topics(service_rights("stability", [OBSERVATIONS]), May.READ) == {OBSERVATIONS.prefix, STABILITY.prefix}
    assert topics(service_rights("exercises", [OBSERVATIONS]), May.READ) == {OBSERVATIONS.prefix}


def test_a_service_has_one_group_and_the_gateway_a_second_for_what_strangers_write():
    def groups(service: str) -> set[tuple[str, bool]]:
        return {(right.name, right.prefix) for right in service_rights(service, ()) if right.on is On.GROUP}

    assert groups("stability") == {("entente-stability", False)}
    assert groups("gateway") == {("entente-gateway", False), ("entente-gateway-inbound", False)}


def test_only_the_gateway_reads_what_strangers_write_and_writes_replies():
    for service in ("gateway", "stability", "exercises"):
        rights = service_rights(service, [GATEWAY])
        assert (INBOUND.name in topics(rights, May.READ)) == (service == "gateway")
        assert (REPLIES in topics(rights, May.WRITE)) == (service == "gateway")
        assert INBOUND.name not in topics(rights, May.WRITE)
        assert REPLIES not in topics(rights, May.READ)


def test_a_source_writes_to_the_gateway_and_reads_its_own_replies_and_no_longer_name_that_begins_so():
    rights = source_rights("ucdp")
    assert topics(rights, May.WRITE) == {INBOUND.name}
    assert topics(rights, May.READ) == {"entente.replies.ucdp"}
    assert topics(rights, May.CREATE) == set()
    assert {right.principal for right in rights} == {"source-ucdp"}
    assert not any(right.prefix for right in rights)


@pytest.mark.parametrize("name", ["", "../etc", "UCDP", "a" * 64, "-a", "a.b", "a\n"])
def test_a_source_whose_name_could_be_something_else_is_not_invited(tmp_path: Path, name: str):
    with pytest.raises(KafkaTrouble, match="cannot be the name of a source"):
        invite(["127.0.0.1:1"], Credentials(tmp_path, "admin", "-"), tmp_path, name)


def test_credentials_are_made_once_and_shown_never(tmp_path: Path):
    made = Credentials.settle(tmp_path / "gateway", "gateway", b"authority")
    again = Credentials.settle(tmp_path / "gateway", "gateway", b"another authority")
    assert made.password == again.password
    assert again.ca.read_bytes() == b"another authority"
    assert made.password not in repr(made)
    assert len(made.password) >= 43
    assert {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "gateway").iterdir()} == dict.fromkeys(
        ("ca.pem", "username", "password"), 0o600
    )
    assert (tmp_path / "gateway").stat().st_mode & 0o777 == 0o700


def test_credentials_that_are_right_may_lie_where_nothing_can_be_written(tmp_path: Path):
    Credentials.settle(tmp_path / "gateway", "gateway", b"authority")
    before = {file: file.stat().st_ino for file in (tmp_path / "gateway").iterdir()}
    Credentials.settle(tmp_path / "gateway", "gateway", b"authority")
    assert {file: file.stat().st_ino for file in (tmp_path / "gateway").iterdir()} == before


@pytest.mark.parametrize("missing", ["ca.pem", "username", "password"])
def test_a_folder_of_credentials_that_lacks_a_file_is_told_with_its_name(tmp_path: Path, missing: str):
    Credentials.settle(tmp_path / "one", "one", b"authority")
    (tmp_path / "one" / missing).unlink()
    with pytest.raises(KafkaTrouble, match=re.escape(str(tmp_path / "one" / missing))):
        Credentials.read(tmp_path / "one")


@pytest.mark.parametrize(("nodes", "secure"), [(1, False), (3, False), (3, True)])
def test_a_node_listens_on_loopback_alone_and_makes_no_topic_by_itself(tmp_path: Path, nodes: int, *, secure: bool):
    layout = Layout.new(nodes, None, secure=secure)
    settings = properties(layout, tmp_path, nodes)
    addresses = [part.partition("://")[2] for name in ("listeners", "advertised.listeners") for part in settings[name].split(",")]
    assert all(address.startswith("127.0.0.1:") for address in addresses)
    assert settings["auto.create.topics.enable"] == settings["unclean.leader.election.enable"] == "false"
    assert settings["min.insync.replicas"] == ("2" if nodes == 3 else "1")
    protocols = settings["listener.security.protocol.map"]
    assert protocols == (
        "CLIENTS:SASL_SSL,NODES:SSL,CONTROLLERS:SSL" if secure else "CLIENTS:PLAINTEXT,NODES:PLAINTEXT,CONTROLLERS:PLAINTEXT"
    )
    assert (settings.get("allow.everyone.if.no.acl.found") == "false") == secure
