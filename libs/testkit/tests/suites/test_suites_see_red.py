"""The behaviour suites fail for projections and policies that break what they promise."""

from dataclasses import replace

import pytest

from entente_contracts.events.observations import ObservationReported
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.projecting.projection import Projection
from entente_testkit.specimen import DayCount, DayCountRow, Tally, TallyRow, specimen
from entente_testkit.suites import ProjectionBehaviour

entries = Projection("counts", TallyRow, DayCountRow, code=1, reads=[OBSERVATIONS])


@entries.on(ObservationReported)
def _(rows, e):
    """Numbers the streams of a day in the order in which they come: the mistake that a replay finds out."""
    count = rows.get(DayCount, "ALL", e.time.date()) or DayCount(country="ALL", day=e.time.date())
    count.reports += 1
    rows.put(count)
    rows.put(Tally(stream=e.subject, reports=count.reports))


class Broken(ProjectionBehaviour):
    service = replace(specimen, projections=[entries])


@pytest.mark.parametrize(
    "test",
    [
        "test_protocol_22_any_order_that_keeps_each_streams_gives_equal_rows",
        "test_law_4_a_rebuild_equals_the_live_rows",
    ],
)
def test_law_4_a_fold_whose_rows_depend_on_the_order_of_streams_is_found_out(test, tmp_path):
    with pytest.raises(AssertionError):
        getattr(Broken(), test)(projection=entries, backend="embedded", tmp_path=tmp_path)
