"""What every projection must do."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.projecting.batches import STEPS
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_testkit.faults import Crash, CrashAt
from entente_testkit.history import batches_of
from entente_testkit.samples import History, histories, in_any_order, one_by_one
from entente_testkit.suites.every import EveryPart
from entente_testkit.suites.running import Running, feed, feed_all, poisoned, running

few = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Few and small examples, each on databases of its own; what fails is shown as it was found, as looking for less would take minutes."""


class ProjectionBehaviour(EveryPart):
    """Set `service`; override `histories` where folds expect more of their events than the schema says."""

    def histories(self, projection: Projection) -> st.SearchStrategy[History]:
        """Histories to feed to a projection, each stream in order."""
        return histories([handler.event for handler in projection.handlers.values()])

    @few
    @given(data=st.data())
    def test_protocol_22_any_order_that_keeps_each_streams_gives_equal_rows(
        self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        history = data.draw(self.histories(projection))
        order = data.draw(in_any_order(history))
        size = data.draw(st.integers(1, 7))
        with running(self.service, tmp_path, backend) as other:
            feed_all(instances := other.instances(projection), order, size)
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, one_by_one(history))

    @few
    @given(data=st.data())
    def test_law_2_what_comes_again_changes_nothing(
        self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.histories(projection)))
        with running(self.service, tmp_path, backend) as service:
            instances = service.instances(projection)
            for batch in batches_of(events, 2):
                feed(instances, [batch, batch])
            feed_all(instances, events, 5, generation="2")
            feed_all(instances, events, 5, generation="2")
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, events)

    @few
    @given(data=st.data())
    def test_protocol_25_lost_checkpoints_change_nothing(
        self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.histories(projection)))
        with running(self.service, tmp_path, backend) as service:
            instances = service.instances(projection)
            for read, _ in enumerate(events, 1):
                feed_all(instances, events[:read], 4)
                if data.draw(st.booleans()):
                    _lose_checkpoints(service)
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, events)

    @few
    @given(data=st.data())
    def test_law_3_what_follows_a_gap_waits_until_a_new_generation_fills_it(
        self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.histories(projection)))
        lost = data.draw(st.sampled_from(events))
        with running(self.service, tmp_path, backend) as service:
            instances = service.instances(projection)
            feed_all(instances, [event for event in events if event is not lost])
            upheld = [event for event in events if not _behind(event, lost)]
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, upheld)
            feed_all(instances, events, generation="2")
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, events)
            assert _parked(instances, projection) == 0

    @few
    @given(data=st.data())
    def test_law_3_poison_holds_its_own_stream_only_until_it_is_redriven(
        self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        history = data.draw(self.histories(projection))
        events = one_by_one(history)
        poison = data.draw(st.sampled_from(events))
        with running(self.service, tmp_path, backend) as service:
            ill = service.instances(poisoned(projection, lambda event: event.id == poison.id and event.subject == poison.subject))
            feed_all(ill, data.draw(in_any_order(history)))
            upheld = [event for event in events if not _behind(event, poison)]
            assert _digest(ill, projection) == self._undisturbed(projection, backend, tmp_path, upheld)
            mended = service.instances(projection)
            mended.redrive(f"{projection.name}@1")
            assert mended.redrive(f"{projection.name}@1") == 0
            assert _digest(mended, projection) == self._undisturbed(projection, backend, tmp_path, events)

    @few
    @given(data=st.data())
    def test_law_4_a_rebuild_equals_the_live_rows(self, data: st.DataObject, projection: Projection, backend: str, tmp_path: Path) -> None:
        history = data.draw(self.histories(projection))
        before, after = data.draw(in_any_order(history)), data.draw(in_any_order(history))
        with running(self.service, tmp_path, backend) as service:
            instances = service.instances(projection)
            feed_all(instances, before)
            blue, green = f"{projection.name}@1", instances.rebuild(projection.name)
            feed_all(instances, after, size=5, only=green)
            assert instances.compare(projection.name, blue, green) == []
            assert instances.digest(blue) == instances.digest(green)
            instances.switch(projection.name)
            while instances.sweep():
                pass
            assert instances.digest(green) == self._undisturbed(projection, backend, tmp_path, before)

    @pytest.mark.parametrize("step", STEPS)
    @settings(few, max_examples=2)
    @given(data=st.data())
    def test_law_1_a_crash_at_any_step_loses_nothing_and_doubles_nothing(
        self, data: st.DataObject, step: str, projection: Projection, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.histories(projection)))
        with running(self.service, tmp_path, backend) as service:
            crash = CrashAt(step, times=data.draw(st.integers(1, 3)))
            with suppress(Crash):
                feed_all(service.instances(projection, at=crash), events)
            assume(crash.crashed)
            instances = service.instances(projection)
            feed_all(instances, events)
            assert _digest(instances, projection) == self._undisturbed(projection, backend, tmp_path, events)

    def _undisturbed(self, projection: Projection, backend: str, folder: Path, events: Sequence[Recorded[Event]]) -> str:
        with running(self.service, folder, backend) as service:
            feed_all(instances := service.instances(projection), events, size=100)
            return _digest(instances, projection)


def _digest(instances: Instances, projection: Projection) -> str:
    return instances.digest(f"{projection.name}@1")


def _parked(instances: Instances, projection: Projection) -> int:
    return next(one.parked_total for one in instances.status() if one.name == f"{projection.name}@1")


def _behind(event: Recorded[Event], first: Recorded[Event]) -> bool:
    same = event.subject == first.subject and event.data.event_topic == first.data.event_topic
    return same and event.sequence >= first.sequence


def _lose_checkpoints(service: Running) -> None:
    with service.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoint")
