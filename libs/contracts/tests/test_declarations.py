from entente_contracts import topics
from entente_contracts.recorded import Origin
from entente_contracts.refused import Refused


def test_each_topic_is_declared_once_and_has_an_owner_and_a_limit():
    assert len({topic.name for topic in topics.TOPICS}) == len(topics.TOPICS)
    assert all(topic.owner and topic.partitions > 0 and 0 < topic.event_limit <= topics.EVENT_LIMIT for topic in topics.TOPICS)


def test_the_generation_is_the_last_part_of_the_name_in_the_broker():
    assert topics.GATEWAY.of_generation(3) == "entente.gateway.g3"


def test_a_foreign_event_is_named_by_source_and_id_in_a_chain_of_causes():
    assert Origin("urn:ucdp", "417", "0" * 64).cause == "urn:ucdp#417"


def test_a_refusal_reads_as_a_sentence():
    refused = Refused("no-such-source", "no source is named x", mend="register it")
    assert str(refused) == "no-such-source: no source is named x; register it"
    assert (refused.status, refused.where, refused.also) == (422, None, {})
