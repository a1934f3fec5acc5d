from entente_contracts import topics
from entente_contracts.recorded import Origin
from entente_contracts.refused import Refused


def test_each_topic_is_declared_once_and_has_an_owner_and_a_limit():
    assert len({topic.name for topic in topics.TOPICS}) == len(topics.TOPICS)
    assert all(topic.owner and topic.partitions > 0 and 0 < topic.event_limit <= topics.EVENT_LIMIT for topic in topics.TOPICS)


def test_what_the_log_holds_is_kept_for_ever_in_copies_of_which_two_must_be_whole():
    for topic in topics.TOPICS:
        settings = topics.broker_settings(topic)
        assert (settings["retention.ms"], settings["retention.bytes"], settings["cleanup.policy"]) == ("-1", "-1", "delete")
        assert (settings["min.insync.replicas"], settings["unclean.leader.election.enable"]) == ("2", "false")
        assert int(settings["max.message.bytes"]) > topic.event_limit
    assert topics.broker_settings(topics.GATEWAY, replicas=1)["min.insync.replicas"] == "1"


def test_what_foreign_systems_write_is_kept_for_a_while_and_up_to_a_size():
    for exchange in (topics.INBOUND, topics.replies_to("ucdp")):
        settings = topics.broker_settings(exchange)
        assert int(settings["retention.ms"]) == 7 * 24 * 60 * 60 * 1000
        assert int(settings["retention.bytes"]) == exchange.size_limit


def test_no_topic_s_generations_are_taken_for_those_of_another():
    names = [*(topic.prefix for topic in topics.TOPICS), topics.INBOUND.name, topics.REPLIES]
    assert not [(one, other) for one in names for other in names if one != other and one.startswith(other)]


def test_the_generation_is_the_last_part_of_the_name_in_the_broker():
    assert topics.GATEWAY.of_generation(3) == "entente.gateway.g3"


def test_a_foreign_event_is_named_by_source_and_id_in_a_chain_of_causes():
    assert Origin("urn:ucdp", "417", "0" * 64).cause == "urn:ucdp#417"


def test_a_refusal_reads_as_a_sentence():
    refused = Refused("no-such-source", "no source is named x", mend="register it")
    assert str(refused) == "no-such-source: no source is named x; register it"
    assert (refused.status, refused.where, refused.also) == (422, None, {})
