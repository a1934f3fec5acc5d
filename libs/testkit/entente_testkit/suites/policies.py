"""What every policy must do: act once an event, whatever happens in between."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from entente_eventkit.acting.declare import Policy
from entente_eventkit.acting.reacting import scope_of
from entente_eventkit.projecting.batches import STEPS
from entente_eventkit.storage.tables import checkpoint, keys
from entente_eventkit.storage.tables import events as events_table
from entente_testkit.faults import Crash, CrashAt
from entente_testkit.history import START
from entente_testkit.samples import History, histories, one_by_one
from entente_testkit.suites.every import EveryPart
from entente_testkit.suites.projections import few
from entente_testkit.suites.running import Running, feed_all, running

few_crashes = settings(few, max_examples=2)


class PolicyBehaviour(EveryPart):
    """Set `service`; override `policy_histories` where a policy expects more of its events than the schema says."""

    def policy_histories(self, policy: Policy) -> st.SearchStrategy[History]:
        """Histories to feed to a policy, each stream in order."""
        return histories(list(policy.on))

    @few
    @given(data=st.data())
    def test_law_3_a_policy_acts_once_an_event(self, data: st.DataObject, policy: Policy, backend: str, tmp_path: Path) -> None:
        events = one_by_one(data.draw(self.policy_histories(policy)))
        with running(self.service, tmp_path, backend) as service:
            instances = service.instances(*self.service.projections, policy)
            feed_all(instances, events)
            made = _made(service)
            assert _decided(service, policy) == len(events)
            feed_all(instances, events, generation="2")
            with service.database.writing() as connection:
                connection.execute(delete(checkpoint))
            feed_all(service.instances(*self.service.projections, replace(policy, code=policy.code + 1)), events, size=1)
            assert _made(service) == made
            assert _decided(service, policy) == len(events)

    @pytest.mark.parametrize("step", STEPS)
    @few_crashes
    @given(data=st.data())
    def test_law_3_a_policy_acts_once_an_event_through_a_crash(
        self, data: st.DataObject, step: str, policy: Policy, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.policy_histories(policy)))
        with running(self.service, tmp_path, backend) as service:
            crash = CrashAt(step, instance=f"{policy.name}@1", times=data.draw(st.integers(1, 2)))
            with suppress(Crash):
                feed_all(service.instances(*self.service.projections, policy, at=crash), events)
            before = _made(service)
            feed_all(service.instances(*self.service.projections, policy), events)
            assert _made(service)[: len(before)] == before
            assert _decided(service, policy) == len(events)

    @few_crashes
    @given(data=st.data())
    def test_protocol_18_a_new_policy_does_nothing_about_old_history(
        self, data: st.DataObject, policy: Policy, backend: str, tmp_path: Path
    ) -> None:
        events = one_by_one(data.draw(self.policy_histories(policy)))
        with running(self.service, tmp_path, backend) as service:
            service.clock.set(START + timedelta(seconds=1))
            instances = service.instances(policy)
            feed_all(instances, events)
            assert _made(service) == []
            assert next(iter(instances.status())).progress.applied == len(events)


def _made(service: Running) -> list[tuple[str, str]]:
    """(id, cause) of every event in the store, in order."""
    query = select(events_table.c.id, events_table.c.causationid).order_by(events_table.c.position)
    with service.database.reading() as connection:
        return list(connection.execute(query))


def _decided(service: Running, policy: Policy) -> int:
    """How many events the policy has decided about."""
    query = select(func.count()).where(keys.c.scope == scope_of(policy.name))
    with service.database.reading() as connection:
        return connection.execute(query).scalar_one()
