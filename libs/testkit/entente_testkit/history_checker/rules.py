"""The rules, as data: what each says, which promise it belongs to, and what finds it broken."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from entente_testkit.history_checker import of_answers, of_instances, of_log, of_stores
from entente_testkit.history_checker.seen import History

SHOWN = 5
"""Counter-examples of a rule that are told."""


class Promise(StrEnum):
    """What a rule belongs to: a column of the fault table."""

    LOST = "nothing lost"
    TWICE = "nothing twice"
    ORDER = "in order"
    HOLE = "no hole"
    CAUSES = "causes whole"
    BYTES = "as written"
    REST = "all done"


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken` gives a counter-example in words for each breach; its docstring is what the rule says."""

    id: str
    promise: Promise
    broken: Callable[[History], Iterator[str]]

    @property
    def says(self) -> str:
        """The rule as a sentence."""
        return self.broken.__doc__ or ""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a history breaks, with the first few counter-examples."""

    rule: Rule
    examples: tuple[str, ...]


RULES = (
    Rule("L1", Promise.LOST, of_answers.answered_is_stored),
    Rule("L2", Promise.LOST, of_log.stored_is_published),
    Rule("L3", Promise.LOST, of_instances.stored_is_applied),
    Rule("L4", Promise.LOST, of_instances.reacted_to),
    Rule("T1", Promise.TWICE, of_instances.rows_are_the_fold),
    Rule("T2", Promise.TWICE, of_answers.foreign_once),
    Rule("T3", Promise.TWICE, of_answers.command_once),
    Rule("T4", Promise.TWICE, of_answers.decision_once),
    Rule("T5", Promise.TWICE, of_answers.work_once),
    Rule("O1", Promise.ORDER, of_stores.versions_in_order),
    Rule("O2", Promise.ORDER, of_log.log_in_order),
    Rule("H1", Promise.HOLE, of_stores.positions_dense),
    Rule("H2", Promise.HOLE, of_stores.versions_dense),
    Rule("H3", Promise.HOLE, of_log.log_without_hole),
    Rule("C1", Promise.CAUSES, of_stores.causes_lead_back),
    Rule("C2", Promise.CAUSES, of_stores.one_correlation),
    Rule("C3", Promise.CAUSES, of_answers.admitted_was_sent),
    Rule("B1", Promise.BYTES, of_stores.chain_holds),
    Rule("B2", Promise.BYTES, of_log.log_is_the_store),
    Rule("B3", Promise.BYTES, of_log.genesis_first),
    Rule("B4", Promise.BYTES, of_instances.applied_was_stored),
    Rule("R1", Promise.REST, of_instances.nothing_parked),
    Rule("R2", Promise.REST, of_instances.nothing_unreadable),
    Rule("R3", Promise.REST, of_instances.one_live_instance),
    Rule("R4", Promise.REST, of_instances.nothing_left_to_do),
    Rule("R5", Promise.REST, of_stores.log_is_open),
)


def check(history: History, rules: Iterable[Rule] = RULES) -> list[Breach]:
    """The rules that the history breaks."""
    found = ((rule, tuple(islice(rule.broken(history), SHOWN))) for rule in rules)
    return [Breach(rule, examples) for rule, examples in found if examples]
