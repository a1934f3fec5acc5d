"""Rows: how a service declares them, how a fold sees them, how they are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from sqlalchemy import MetaData, event, inspect
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateTable
from sqlmodel import Field, SQLModel, col

from entente_contracts.events.gateway import SourceRegistered
from entente_contracts.events.observations import CountryCode, ObservationReported
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.projecting import rows as eventkit
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.cachedrows import CachedRows
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.shape import shape_of
from entente_eventkit.storage.tables import NAMING
from entente_eventkit.store.store import EventStore
from entente_testkit.backends import new_database
from entente_testkit.history import recorded, stream_of
from entente_testkit.specimen import DayCount, DayCountRow, Tally, TallyRow, counting, counts, report
from entente_testkit.suites.running import feed_all

metadata = MetaData(naming_convention=NAMING)


class Row(eventkit.Row, registry=registry(metadata=metadata)):
    """One base a service: its tables are in metadata of their own."""


class DutyState(StrEnum):
    DUE = "due"
    DONE = "done"


class Duty(SQLModel):
    """Plain data: what a fold reads and makes."""

    exercise: str = Field(primary_key=True)
    owed_to: CountryCode = Field(primary_key=True)
    due: datetime
    day: date | None = None
    troops: int = Field(default=0, index=True)
    state: DutyState
    before: DutyState | None = None
    urgent: bool = False
    note: str | None = Field(default=None, max_length=10)


class DutyRow(Row, Duty, table=True):
    """The table: what queries read; Row adds the instance's key column."""

    __tablename__ = "duty"


def made(e):
    return Duty(
        exercise=e.subject,
        owed_to=e.data.where.country,
        due=e.time.astimezone(timezone(timedelta(hours=5))),
        day=e.data.when.last,
        troops=2**40,
        state=DutyState.DUE,
        before=DutyState.DONE,
        urgent=True,
    )


def test_a_table_has_the_platforms_column_types_and_the_instance_first_in_its_key():
    table = shape_of(DutyRow).table
    assert " ".join(str(CreateTable(table)).split()) == (
        "CREATE TABLE duty ( instance VARCHAR NOT NULL, exercise VARCHAR NOT NULL, owed_to VARCHAR NOT NULL, due DATETIME NOT NULL, "
        "day DATE, troops BIGINT NOT NULL, state VARCHAR NOT NULL, before VARCHAR, urgent BOOLEAN NOT NULL, note VARCHAR, "
        "CONSTRAINT pk_duty PRIMARY KEY (instance, exercise, owed_to) )"
    )
    assert [index.name for index in table.indexes] == ["ix_duty_troops"]


def test_a_service_s_tables_are_in_its_own_metadata_so_that_two_services_may_use_one_name():
    other = MetaData()

    class Base(eventkit.Row, registry=registry(metadata=other)):
        pass

    class OtherDutyRow(Base, Duty, table=True):
        __tablename__ = "duty"

    assert list(metadata.tables) == ["duty"]
    assert other.tables["duty"] is not metadata.tables["duty"]
    assert "duty" not in SQLModel.metadata.tables


def test_every_column_type_comes_back_as_it_was_put(tmp_path, service):
    duties = Projection("duties", DutyRow, code=1, reads=[OBSERVATIONS])
    duties.on(ObservationReported)(lambda rows, e: rows.put(made(e)))
    e = recorded(report(1), "zapad", 1)
    with new_database(tmp_path, metadata) as database:
        instances = Instances(database, EventStore(database, service.clock, "duties"), service.clock, [duties], [])
        instances.begin()
        feed_all(instances, [e])
        with database.reading() as connection:
            ask = Ask(connection)
            row = ask.one(DutyRow, "zapad", "SDN")
            raw = connection.exec_driver_sql("SELECT state, before FROM duty").one()
            assert ask.all(DutyRow, col(DutyRow.state) == DutyState.DONE) == []
    assert row == made(e)
    assert type(row) is Duty
    assert (row.state, row.due.tzinfo) == (DutyState.DUE, UTC)
    assert isinstance(row.state, DutyState)
    assert tuple(raw) == ("due", "done")


def test_a_column_without_a_value_that_it_may_have_is_refused():
    choice = shape_of(DutyRow).table.c.state.type
    with pytest.raises(ValueError, match="late"):
        choice.process_bind_param("late", None)
    assert choice.process_bind_param("due", None) == "due"
    assert choice.process_bind_param(None, None) is None
    assert choice.process_result_value(None, None) is None


@pytest.fixture
def rows(service):
    service.instances(counts)
    with service.database.writing() as connection:
        rows = CachedRows(connection, "counts@1", OBSERVATIONS.name, counts.shapes)
        rows.start(recorded(report(1), "a", 1))
        yield rows


@pytest.fixture
def statements(service):
    seen = []
    event.listen(service.database.engine, "before_cursor_execute", lambda _c, _k, statement, _p, _x, _m: seen.append(statement))
    return seen


def test_what_a_fold_got_is_its_own_copy_until_it_is_put(rows):
    rows.put(Tally(stream="a", reports=1))
    rows.keep()
    rows.get(Tally, "a").reports = 9
    assert rows.get(Tally, "a").reports == 1


def test_what_an_event_did_is_forgotten_when_it_raises(rows):
    rows.put(Tally(stream="a", reports=1))
    rows.keep()
    rows.put(Tally(stream="a", reports=2))
    rows.put(Tally(stream="b"))
    rows.delete(DayCount, "SDN", date(2023, 10, 1))
    rows.mark("something")
    rows.forget()
    assert (rows.get(Tally, "a").reports, rows.get(Tally, "b")) == (1, None)


def test_an_event_sees_what_it_put_and_deleted_itself(rows):
    rows.put(Tally(stream="a", reports=1))
    assert rows.get(Tally, "a").reports == 1
    rows.delete(Tally, "a")
    assert rows.get(Tally, "a") is None


def test_each_changed_row_is_written_once_in_order_of_key(rows, service, statements):
    written = []
    event.listen(service.database.engine, "before_cursor_execute", lambda _c, _k, text, values, _x, _m: written.append((text, values)))
    for stream in "cabca":
        rows.put(Tally(stream=stream, reports=1))
        rows.keep()
    rows.flush()
    rows.flush()
    inserts = [values for text, values in written if text.startswith("INSERT INTO tally")]
    assert [[row[1] for row in each] for each in inserts] == [["a", "b", "c"]]


def test_rows_named_by_touches_are_loaded_in_one_query_a_table(instances, service):
    feed_all(instances, [recorded(report(n), f"s{n}", 1) for n in range(50)], size=50)
    seen = []
    event.listen(service.database.engine, "before_cursor_execute", lambda _c, _k, statement, _p, _x, _m: seen.append(statement))
    feed_all(instances, [recorded(report(n), f"s{n}", 2) for n in range(50)], size=50, generation="2")
    assert len([statement for statement in seen if "FROM tally" in statement]) == 1
    assert len([statement for statement in seen if "FROM day_count" in statement]) == 1


def test_a_row_that_was_not_named_is_read_when_it_is_asked_for(rows, statements):
    assert rows.get(Tally, "x") is None
    assert rows.get(Tally, "x") is None
    assert len([statement for statement in statements if "FROM tally" in statement]) == 1


def test_touches_that_raise_only_cost_a_query(service, tallies):
    twin = Projection("counts", TallyRow, DayCountRow, code=1, reads=[OBSERVATIONS])
    twin.on(ObservationReported, touches=lambda _: [(Tally, (1 / 0,))])(counts.handlers["entente.observations.reported"].fold)
    feed_all(service.instances(twin), stream_of("a", report(1), report(2)))
    assert tallies() == {"a": 2}


def test_a_key_of_the_wrong_length_and_a_model_of_another_projection_are_refused_with_what_is_right(rows):
    with pytest.raises(TypeError, match=r"DayCount has the key \(country, day\), got 1 parts"):
        rows.get(DayCount, "SDN")
    with pytest.raises(TypeError, match=r"TallyRow is no model of this projection \(its models: DayCount, Tally\)"):
        rows.get(TallyRow, "a")


def test_a_mark_outside_of_an_event_is_refused(service):
    with service.database.writing() as connection, pytest.raises(RuntimeError, match="left by a fold"):
        CachedRows(connection, "counts@1", OBSERVATIONS.name, counts.shapes).mark("something")


def test_a_projection_folds_each_event_type_once_and_of_topics_that_it_reads():
    projection = counting()
    with pytest.raises(ValueError, match=r"folds entente\.observations.reported already"):
        projection.on(ObservationReported)
    with pytest.raises(ValueError, match=r"does not read entente\.gateway"):
        projection.on(SourceRegistered)


def test_a_table_belongs_to_one_projection():
    with pytest.raises(TypeError, match=r"DayCountRow is a table of counts"):
        Projection("another", DayCountRow, code=1, reads=[GATEWAY])
    with pytest.raises(TypeError, match=r"two tables have one plain model"):
        Projection("counts", TallyRow, TallyRow, code=1, reads=[GATEWAY])


def test_a_table_without_a_plain_model_or_key_says_how_to_declare_it():
    class Base(eventkit.Row, registry=registry(metadata=MetaData())):
        pass

    class Alone(Base, table=True):
        name: str = Field(primary_key=True)

    class Keyless(SQLModel):
        name: str

    class KeylessRow(Base, Keyless, table=True):
        pass

    with pytest.raises(TypeError, match="Alone has no plain model"):
        shape_of(Alone)
    with pytest.raises(TypeError, match="Keyless has no key"):
        shape_of(KeylessRow)
    with pytest.raises(TypeError, match="Duty is no table"):
        shape_of(Duty)
    assert inspect(Duty, raiseerr=False) is None


def test_a_question_names_the_active_rows_only(service, instances):
    feed_all(instances, stream_of("a", report(1)))
    green = instances.rebuild("counts")
    feed_all(instances, stream_of("b", report(1)), only=green)
    with service.database.reading() as connection:
        ask = Ask(connection)
        assert [row.stream for row in ask.all(TallyRow)] == ["a"]
        assert ask.one(TallyRow, "b") is None
        assert ask.applied("counts", OBSERVATIONS.name, "a") == 1
        assert ask.applied("counts", OBSERVATIONS.name, "b") == 0
        with pytest.raises(TypeError, match="TallyRow has the key"):
            ask.one(TallyRow)


def test_answers_come_in_order_of_key_or_as_asked(service, instances):
    feed_all(instances, [*stream_of("b", report(1)), *stream_of("a", report(1), report(2))])
    with service.database.reading() as connection:
        ask = Ask(connection)
        assert [row.stream for row in ask.all(TallyRow)] == ["a", "b"]
        assert [row.stream for row in ask.all(TallyRow, order_by=[col(TallyRow.reports)], limit=1)] == ["b"]
        assert ask.all(TallyRow, False) == []  # noqa: FBT003 - what an empty condition may come to
