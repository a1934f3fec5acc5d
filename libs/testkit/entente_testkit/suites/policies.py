"""What every policy must do: act once an event, whatever happens in between."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.acting.declare import Policy
from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.batches import STEPS
from entente_eventkit.service import Service
from entente_eventkit.storage.tables import events as events_table
from entente_testkit.backends import BACKENDS
from entente_testkit.faults import Crash, CrashAt
from entente_testkit.history import START
from entente_testkit.samples import History, histories, one_by_one
from entente_testkit.suites.projections import few
from entente_testkit.suites.running import Running, feed_all, running

Output = list[tuple[str, str, str]]
"""What a policy made: (topic, stream, causing event) of each event, sorted."""
