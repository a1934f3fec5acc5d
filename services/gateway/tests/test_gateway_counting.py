"""What the gateway counts at its door."""

from entente_contracts.codec import http
from entente_eventkit.telemetry import setup


def test_what_goes_into_quarantine_is_counted_by_reason_each_time_it_is_sent_and_what_is_admitted_by_topic(world, sender):
    world.register(sender)
    with setup.listening("test", None):
        for _ in range(3):
            headers, body = http.to_binary(sender.signed(id="again"))
            world.post(body, headers)
        for _ in range(2):
            headers, body = http.to_binary(sender.unsigned(id="unsigned"))
            world.post(body, headers)
        counted = setup.counted()
        assert counted is not None
        found = {
            (sample.name, *sample.labels.values()): sample.value
            for family in counted.collect()
            for sample in family.samples
            if sample.name in {"entente_events_quarantined_total", "entente_events_appended_total"}
        }
    assert found == {
        ("entente_events_appended_total", "entente.observations"): 1,
        ("entente_events_appended_total", "entente.gateway"): 1,
        ("entente_events_quarantined_total", "unsigned"): 2,
    }
