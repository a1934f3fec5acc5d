"""When an agreement enters into force, by its own rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.parts import Delay, Entry, EntryRule, Terms
from entente_partnerships.domain.calendar import after, in_words
from entente_partnerships.domain.treaty.consent import Consent
from entente_partnerships.domain.treaty.rules import FEWEST_PARTIES


@dataclass(frozen=True, slots=True)
class Entered:
    """In force from `on`. `complete`: the day of the last act that was needed. `because`: all acts needed; `decisive`: the last of them."""

    on: date
    complete: date
    because: tuple[int, ...]
    decisive: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Not in force: what it still waits for, in words; None where nobody recorded the rule."""

    what: str | None


def entry_of(terms: Terms, given: Sequence[Consent]) -> Entered | Missing:
    """When it enters into force by the consents that were given and not taken back before; or what is missing."""
    rule = terms.entry
    if rule.by is Entry.UNKNOWN:
        return Missing(None)
    first_of = _first_of_each(given)
    by_all = terms.negotiated_by if _needs_all(rule) else ()
    required = tuple(dict.fromkeys([*rule.required, *by_all]))
    absent = [party for party in required if party not in first_of]
    count = max(rule.deposits or 0, len(required), FEWEST_PARTIES)
    if absent or len(first_of) < count:
        return Missing(_waits_for(absent, count - len(first_of)))
    in_order = sorted(first_of.values(), key=lambda consent: (consent.on, consent.step))
    needed = {consent.step: consent for consent in [*in_order[:count], *(first_of[party] for party in required)]}
    complete = max(consent.on for consent in needed.values())
    on = max(complete, rule.on or complete) if rule.by is Entry.DATE else complete
    decisive = tuple(sorted(step for step, consent in needed.items() if consent.on == complete))
    return Entered(after(on, rule.delay), complete, tuple(sorted(needed)), decisive)


def binds_from(consent: Consent, entered: Entered, rule: EntryRule) -> date:
    """The first day on which a consent binds its giver."""
    if consent.since is not None:
        return max(entered.on, consent.since)
    if consent.on <= entered.complete:
        return entered.on
    later = rule.delay if rule.later is None else rule.later
    return max(entered.on, after(consent.on, later))


def rule_in_words(terms: Terms) -> str:
    """The rule as one would say it."""
    rule = terms.entry
    delay = "" if rule.delay == Delay() else f", {in_words(rule.delay)} later"
    if rule.by is Entry.UNKNOWN:
        return "not recorded"
    return f"{_base(terms)}{' and those required' if rule.required else ''}{delay}"


def _base(terms: Terms) -> str:
    rule = terms.entry
    match rule.by:
        case Entry.SIGNATURE:
            return "by signature of all who negotiated it" if terms.negotiated_by else f"by {rule.deposits or FEWEST_PARTIES} signatures"
        case Entry.NOTES:
            return "by exchange of notes" if terms.negotiated_by else f"by {rule.deposits or FEWEST_PARTIES} notes"
        case Entry.DATE:
            return f"on {rule.on}"
        case _:
            return f"with deposit number {rule.deposits}" if rule.deposits else "with the consent of all who negotiated it"


def _needs_all(rule: EntryRule) -> bool:
    return rule.by in {Entry.SIGNATURE, Entry.NOTES, Entry.DEPOSITS} and rule.deposits is None


def _first_of_each(given: Sequence[Consent]) -> dict[str, Consent]:
    found: dict[str, Consent] = {}
    for consent in sorted(given, key=lambda each: (each.on, each.step)):
        found.setdefault(consent.party, consent)
    return found


def _waits_for(absent: Sequence[str], more: int) -> str:
    named = f"the consent of {', '.join(absent[:10])}{' and others' if len(absent) > 10 else ''}" if absent else ""  # noqa: PLR2004 - what fits a line
    count = f"{more} more consent{'s' if more > 1 else ''}" if more > len(absent) else ""
    return " and ".join(part for part in (named, count) if part)
