"""Arbitrary histories for behaviour suites: streams of arbitrary events, and the orders in which a reader may meet them."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_testkit import arbitrary
from entente_testkit.history import stream_of

History = dict[tuple[str, str], list[Recorded[Event]]]
"""(topic, stream) -> its events in order."""

_LONGEST = 4


def histories(models: Sequence[type[Event]], streams: Mapping[str, Sequence[str]] | None = None) -> st.SearchStrategy[History]:
    """A few short streams a topic. `streams`: the streams to use, by the name of the topic, where folds read meaning into them."""
    topics = {model.event_topic.name: [each for each in models if each.event_topic == model.event_topic] for model in models}
    parts: dict[tuple[str, str], st.SearchStrategy[list[Recorded[Event]]]] = {}
    for topic, of_topic in topics.items():
        for stream in (streams or {}).get(topic, ("stream/a", "stream/b", "stream/c")):
            events = st.lists(st.one_of([arbitrary.events(model) for model in of_topic]), min_size=1, max_size=_LONGEST)
            parts[topic, stream] = events.map(lambda some, stream=stream: stream_of(stream, *some))  # type: ignore[misc]  # the default binds it now
    return st.fixed_dictionaries(parts)


def in_any_order(history: History) -> st.SearchStrategy[list[Recorded[Event]]]:
    """All events in an order that keeps each stream's own."""
    turns = [place for place, events in history.items() for _ in events]

    def merged(order: list[tuple[str, str]]) -> list[Recorded[Event]]:
        left = {place: iter(events) for place, events in history.items()}
        return [next(left[place]) for place in order]

    return st.permutations(turns).map(merged)


def one_by_one(history: History) -> list[Recorded[Event]]:
    """All events, one stream after the other."""
    return [event for events in history.values() for event in events]
