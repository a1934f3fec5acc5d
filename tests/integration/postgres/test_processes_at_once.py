"""Several processes at once: one key, rows that meet, old code beside new."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from sqlalchemy import func, select
from tests.integration.postgres.processes import Another, another

from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import applied, events, instance, parked
from entente_eventkit.store.store import EventStore
from entente_testkit.history import stream_of
from entente_testkit.specimen import DayCountRow, TallyRow, counting, report
from entente_testkit.suites.running import feed_all


def all_at_once(processes: Sequence[Another]) -> None:
    """Lets them go, and waits until all are done."""
    for process in processes:
        process.go_on()
    with ThreadPoolExecutor(len(processes)) as threads:
        for ended in [threads.submit(process.hears, "done") for process in processes]:
            ended.result()


def test_protocol_20_one_key_at_once_in_several_processes_has_one_effect_and_one_answer(specimens: Database) -> None:
    asked = [f"key-{number}" for number in range(10)]
    with ExitStack() as held:
        processes = [held.enter_context(another(specimens.url, "commands", *asked)) for _ in range(3)]
        all_at_once(processes)
        answers = [answer for process in processes for answer in process.acknowledged()]
    for key in asked:
        mine = [answer for answer in answers if answer["key"] == key]
        assert [answer["repeated"] for answer in mine].count(False) == 1
        assert {tuple(answer["events"]) for answer in mine} == {tuple(mine[0]["events"])}
    with specimens.reading() as connection:
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == len(asked)


def test_protocol_19_two_processes_create_one_absent_row_at_once_and_meet_in_opposite_order(specimens: Database) -> None:
    """Two partitions bring streams of one country and day; two processes read both, one of them the second first."""
    rounds = 8
    with ExitStack() as held:
        processes = [
            held.enter_context(another(specimens.url, "feed", "1", f"stream-{n % 4}", str(n % 4), str(rounds))) for n in (0, 1, 2, 3)
        ]
        processes += [held.enter_context(another(specimens.url, "feed", "1", f"stream-{n}", str(n), str(rounds))) for n in (3, 0)]
        all_at_once(processes)
    with specimens.reading() as connection:
        assert {row.stream: row.reports for row in Ask(connection).all(TallyRow)} == {f"stream-{n}": rounds for n in range(4)}
        assert [row.reports for row in Ask(connection).all(DayCountRow)] == [4 * rounds]
        assert connection.execute(select(parked)).all() == []


def test_processes_that_begin_at_once_make_one_instance(specimens: Database) -> None:
    with ExitStack() as held:
        all_at_once([held.enter_context(another(specimens.url, "feed", "1", f"stream-{n}", str(n), "1")) for n in range(3)])
    with specimens.reading() as connection:
        assert connection.execute(select(instance.c.name, instance.c.state)).all() == [("counts@1", "live")]


def test_protocol_23_a_rolling_deployment_leaves_no_instance_with_rows_of_both_codes(specimens: Database, clock: SetClock) -> None:
    history = [event for n in range(2) for event in stream_of(f"stream-{n}", *(report(number) for number in range(1, 11)))]
    with ExitStack() as held:
        old = [held.enter_context(another(specimens.url, "feed", "1", f"stream-{n}", str(n), "10", "locked")) for n in range(2)]
        old[0].go_on()
        old[0].hears("standing")
        old[0].go_on()
        old[0].hears("done")
        old[1].go_on()
        new = instances_of_new_code(specimens, clock)
        green = new.rebuild("counts")
        with ThreadPoolExecutor(2) as threads:
            reading = threads.submit(feed_all, new, history, 2, "2", green)
            old[1].hears("standing")
            old[1].go_on()
            old[1].hears("done")
            reading.result()
        new.switch("counts")
        late = held.enter_context(another(specimens.url, "feed", "1", "stream-2", "2", "3"))
        all_at_once([late])
    with specimens.reading() as connection:
        assert {row.stream: row.reports for row in Ask(connection).all(TallyRow)} == {"stream-0": 20, "stream-1": 20}
        rows = connection.execute(
            select(TallyRow.instance, TallyRow.stream, TallyRow.reports).order_by(TallyRow.instance, TallyRow.stream)
        ).all()
        done = connection.execute(select(applied.c.instance, applied.c.stream).where(applied.c.stream == "stream-2")).all()
    assert [tuple(row) for row in rows if row.instance == "counts@1"] == [("counts@1", "stream-0", 10), ("counts@1", "stream-1", 10)]
    assert done == []


def instances_of_new_code(database: Database, clock: SetClock) -> Instances:
    """What a process of the next version has after its start: it finds the live rows outdated."""
    made = Instances(database, EventStore(database, clock, "specimen"), clock, [counting(2)], [])
    assert made.begin() == ["counts"]
    return made
