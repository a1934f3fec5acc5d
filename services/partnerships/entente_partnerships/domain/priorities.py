"""What a party declares to want: priorities and doctrine, one stance a theme of the published vocabulary. Stream: `priorities/<party>`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.priorities import PrioritiesDeclared
from entente_contracts.refused import Refused


@dataclass(frozen=True, slots=True)
class Declare:
    """A party declares its priorities; `themes` are those of the vocabulary."""

    event: PrioritiesDeclared
    themes: frozenset[str]
    today: date


@dataclass(frozen=True, slots=True)
class Declared:
    """All that the stream remembers: the last declaration."""

    event: PrioritiesDeclared


def priorities_stream(command: Declare) -> str:
    """`priorities/<party>`."""
    return f"priorities/{command.event.party}"


def decide_priorities(command: Declare, declared: Declared | None) -> Sequence[PrioritiesDeclared]:
    """The declaration, its priorities in order of theme; or `Refused`."""
    event = command.event
    if event.on > command.today:
        raise Refused(
            "not-yet",
            f"{event.on} has not come; here it is {command.today}",
            mend=f"record a declaration once it was made: send a day up to {command.today}",
            where="on",
            also={"today": command.today.isoformat()},
        )
    for number, priority in enumerate(event.priorities):
        if priority.theme not in command.themes:
            raise Refused(
                "unknown-theme",
                f"the vocabulary has no theme {priority.theme!r}; it has {', '.join(sorted(command.themes))}",
                mend="name a theme of GET /partnerships/priorities/vocabulary",
                where=f"priorities[{number}].theme",
            )
    themes = [priority.theme for priority in event.priorities]
    double = next((theme for theme in themes if themes.count(theme) > 1), None)
    if double is not None:
        raise Refused("named-twice", f"the theme {double!r} is named twice", mend="take one stance a theme", where="priorities")
    made = event.model_copy(update={"priorities": tuple(sorted(event.priorities, key=lambda priority: priority.theme))})
    if declared is not None and declared.event == made:
        raise Refused("nothing-changes", "the party declared the very same before", mend="record what is new", where="priorities")
    return [made]


def evolve_priorities(_: Declared | None, event: PrioritiesDeclared) -> Declared:
    """The last declaration is the state."""
    return Declared(event)
