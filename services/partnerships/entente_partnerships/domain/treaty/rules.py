"""What holds where an agreement does not say otherwise, as data: each rule with its source, or that it rests on general knowledge."""

from dataclasses import dataclass

from entente_contracts.events.partnerships.parts import Delay


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with where it stands: an article where there is one, otherwise what it rests on."""

    name: str
    says: str
    citation: str


NOTICE = Delay(months=12)
"""Notice of a party that leaves an agreement which says nothing of leaving."""

TO_OBJECT = Delay(months=12)
"""How long a reservation may be objected to."""

FEWEST_PARTIES = 2
"""With fewer parties there is nobody to be bound to."""

RULES = (
    Rule(
        "entry-into-force",
        "An agreement enters into force as it says; failing that, once all who negotiated it have consented.",
        "Vienna Convention on the Law of Treaties (1969), article 24 (1) and (2)",
    ),
    Rule(
        "later-consent",
        "Whoever consents after that is bound from the day of its consent, or after the delay that the agreement names for it.",
        "Vienna Convention on the Law of Treaties (1969), article 24 (3)",
    ),
    Rule(
        "succession",
        "A successor that gives notice of succession is bound from the day of the succession, but not before the agreement is in force.",
        "Vienna Convention on Succession of States in respect of Treaties (1978), article 23 (1)",
    ),
    Rule(
        "continuity",
        "A state that goes on as the same party stays bound by what its predecessor was bound by.",
        "State practice, such as that of the Russian Federation for the USSR since 24 December 1991",
    ),
    Rule(
        "provisional-application",
        "A party that applies an agreement provisionally is bound so until it is in force for it or it gives notice to the contrary.",
        "Vienna Convention on the Law of Treaties (1969), article 25",
    ),
    Rule(
        "reservation-when",
        "A reservation is made when signing or consenting, not later.",
        "Vienna Convention on the Law of Treaties (1969), article 19",
    ),
    Rule(
        "objection-when",
        "An objection counts within twelve months of the reservation, or up to the day of the objector's own consent where that is later.",
        "Vienna Convention on the Law of Treaties (1969), article 20 (5)",
    ),
    Rule(
        "reservation-effect",
        "A reservation changes what holds between its maker and each other party, both ways, and between no others.",
        "Vienna Convention on the Law of Treaties (1969), article 21 (1) and (2)",
    ),
    Rule(
        "objection-effect",
        "After an objection the provisions that a reservation is about do not hold between the two; where the objector opposes it, the "
        "whole agreement is not in force between them.",
        "Vienna Convention on the Law of Treaties (1969), articles 20 (4) (b) and 21 (3)",
    ),
    Rule(
        "reservation-withdrawn",
        "A reservation that is withdrawn has no effect from that day on.",
        "Vienna Convention on the Law of Treaties (1969), article 22 (3) (a)",
    ),
    Rule(
        "amendment",
        "An amendment binds those who accepted it and those who become parties afterwards; between one whom it binds and one whom it does "
        "not, the text before it holds.",
        "Vienna Convention on the Law of Treaties (1969), articles 30 (4) (b) and 40 (4) and (5)",
    ),
    Rule(
        "leaving",
        "A party leaves as the agreement says; where it says nothing, twelve months after its notice.",
        "Vienna Convention on the Law of Treaties (1969), articles 54 and 56 (2)",
    ),
    Rule(
        "leaving-revoked",
        "A notice to leave may be taken back before it takes effect.",
        "Vienna Convention on the Law of Treaties (1969), article 68",
    ),
    Rule(
        "too-few-parties",
        "An agreement goes on though fewer parties remain than its entry into force needed, as long as there are two.",
        "Vienna Convention on the Law of Treaties (1969), article 55; that one party alone binds nobody is general knowledge",
    ),
    Rule(
        "suspension",
        "While an agreement is suspended it binds nobody for whom it is suspended.",
        "Vienna Convention on the Law of Treaties (1969), article 72 (1) (a)",
    ),
    Rule(
        "tacit-renewal",
        "An agreement that renews itself goes on, term after term; a party that leaves by it is bound until the term then running is over, "
        "unless the agreement has a notice of its own.",
        "Common final clauses",
    ),
    Rule(
        "no-longer-a-state",
        "A state that is no more is bound by nothing from the day after its last.",
        "General knowledge",
    ),
)
