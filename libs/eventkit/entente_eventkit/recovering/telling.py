"""A trial of a recovery in words, for the operator who has to decide."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from entente_contracts.recorded import AuthType
from entente_eventkit.recovering.recalling import acted
from entente_eventkit.recovering.recovery import Trial
from entente_eventkit.service import Service
from entente_eventkit.store.stored import Stored

MOST_NAMED = 20


def told(service: Service, trial: Trial) -> Iterator[str]:
    """One line after the other."""
    evidence = trial.evidence
    for topic in service.owns:
        newest = evidence.newest.get(topic.name)
        believed = trial.believed.get(topic.name)
        there = f"generation {newest.number}, {sum(newest.ends.values())} records" if newest else "nothing"
        yield f"{topic.name}: the log holds {there}; the store knows of {f'generation {believed.number}' if believed else 'no generation'}"
    yield f"The store of {service.name} ends at position {trial.known.position}."
    if evidence.strange:
        yield f"{len(evidence.strange)} records were written by no relay of this store and are passed over: {_some(evidence.strange)}"
    if trial.missing:
        yield "Events of its own that the store lacks, each following the one before it by its hash:"
        yield from _counted([one.stored for one in trial.missing])
        yield from _consequences(service, trial)
    if trial.refusal is not None:
        yield f"The store cannot take over all that the log holds: {trial.refusal.text}."
        yield "Events that only the log holds, and that the store cannot take over:"
        yield from _counted([found.event for found in trial.void])
    elif not trial.behind:
        yield "The store holds everything that its log holds; there is nothing to mend."


def _counted(events: Sequence[Stored]) -> Iterator[str]:
    if not events:
        return
    times = [event.attributes.get("recordedtime", "") for event in events]
    streams = Counter(event.stream for event in events)
    yield f"  {len(events)} events, positions {events[0].position} to {events[-1].position}"
    yield f"  written down from {min(times)} to {max(times)}"
    types = Counter(event.attributes.get("type", "") for event in events)
    yield from (f"  {count} of type {name}" for name, count in sorted(types.items()))
    yield f"  in {len(streams)} streams: {_some(f'{stream} ({count})' for stream, count in streams.most_common())}"


def _consequences(service: Service, trial: Trial) -> Iterator[str]:
    asked = sum(one.recorded.causationid.startswith("request/") for one in trial.missing)
    yield f"  {len(trial.keys)} keys are recalled from them, so that no policy, duty or foreign event they stand for is done again"
    if asked:
        yield (
            f"  {asked} of them were made by requests. The clients' idempotency keys are lost with the store: who repeats such a request "
            f"now is judged anew, by the state that the events lead to"
        )
    last = trial.missing[-1]
    by = acted(service, last.recorded)
    if by is not None and last.recorded.actor.type is AuthType.SYSTEM:
        yield (
            f"  the last of them was made by {by} because of {last.recorded.causationid}; whether that decision made more events, which "
            f"were never published, cannot be seen: look at what it should have done"
        )


def _some(names: Iterable[str]) -> str:
    named = list(names)
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more
