"""Whether an agreement's terms make sense together."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from entente_contracts.events.partnerships.parts import Entry, Gives, Provision, Terms
from entente_contracts.refused import Refused


def check_terms(terms: Terms, opened: date) -> None:
    """Refuses terms that contradict themselves."""
    check_provisions(terms.provisions, "terms.provisions")
    _check_entry(terms, opened)
    _unique(terms.negotiated_by, "terms.negotiated_by")
    if terms.open_to is not None:
        _unique(terms.open_to, "terms.open_to")
        outside = [party for party in terms.negotiated_by if party not in terms.open_to]
        if outside:
            raise Refused(
                "contradicting-terms",
                f"{outside[0]} negotiated the agreement, but it is not open to it",
                mend="add it to open_to, or leave open_to out where whoever wants to may become a party",
                where="terms.open_to",
            )
        missing = [party for party in terms.entry.required if party not in terms.open_to]
        if missing:
            raise Refused(
                "contradicting-terms",
                f"the consent of {missing[0]} is required, but the agreement is not open to it",
                mend="add it to open_to, or take it out of entry.required",
                where="terms.entry.required",
            )


def check_provisions(provisions: Sequence[Provision], where: str) -> None:
    """Refuses provisions of one key, and a level where nothing is shared."""
    for number, provision in enumerate(provisions):
        if provision.level is not None and provision.gives is not Gives.SHARING:
            raise Refused(
                "contradicting-terms",
                f"{provision.key} gives {provision.gives.value} and has a level, which only sharing has",
                mend="leave `level` out, or let it give sharing",
                where=f"{where}[{number}].level",
            )
    double = [key for key, count in Counter(provision.key for provision in provisions).items() if count > 1]
    if double:
        raise Refused("contradicting-terms", f"two provisions have the key {double[0]!r}", "give each a key of its own", where=where)


def _check_entry(terms: Terms, opened: date) -> None:
    rule = terms.entry
    if rule.by is Entry.DATE and rule.on is None:
        raise Refused(
            "contradicting-terms", "it enters into force on a day that is not named", "say the day: entry.on", where="terms.entry.on"
        )
    if rule.by is not Entry.DATE and rule.on is not None:
        raise Refused(
            "contradicting-terms",
            f"it enters into force by {rule.by.value}, and a day is named",
            mend="leave entry.on out, or let it enter into force by date",
            where="terms.entry.on",
        )
    if rule.on is not None and rule.on < opened:
        raise Refused(
            "contradicting-terms",
            f"it enters into force on {rule.on}, before it was opened on {opened}",
            mend="correct one of the two days",
            where="terms.entry.on",
        )
    if rule.by in {Entry.SIGNATURE, Entry.NOTES} and not terms.negotiated_by and rule.deposits is None:
        raise Refused(
            "contradicting-terms",
            f"it enters into force by {rule.by.value}, and nobody is named who negotiated it",
            mend="name those who negotiated it, or how many are needed: entry.deposits",
            where="terms.negotiated_by",
        )


def _unique(parties: Sequence[str], where: str) -> None:
    double = [party for party, count in Counter(parties).items() if count > 1]
    if double:
        raise Refused("contradicting-terms", f"{double[0]} is named twice", "name each party once", where=where)
