"""The batch path with spans recorded, and with everything counted for `/metrics`, against the same without."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from tests.benchmarks import events
from tests.benchmarks.interleaved import Compared, compare

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.telemetry import setup

COUNT = 20_000
BATCH = 500


class Nowhere(SpanExporter):
    """Takes every span and keeps none."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the interface's
        return SpanExportResult.SUCCESS


def run() -> list[Compared]:
    """The table's rows."""
    with events.store() as store:
        events.fill(store, COUNT)
        with store.database.reading() as connection:
            stored = store.after(connection, 0, COUNT)
        records = [stored_record(event) for event in stored]
        pieces = [records[begin : begin + BATCH] for begin in range(0, COUNT, BATCH)]
        ends = [0, *(some[-1].offset + 1 for some in pieces)]
        batches = [Batch(OBSERVATIONS.name, STORE, 0, begin, end, some) for begin, end, some in zip(ends, ends[1:], pieces, strict=False)]
        instances = events.tallies(store)

        def project(*, traced: bool = False, counted: bool = False) -> int:
            setup.configure("benchmark", None, Nowhere() if traced else None, scraped=counted)
            building = instances.rebuild("tally")
            applied = sum(instances.feed(batch, only=building).applied[building] for batch in batches)
            instances.drop_building("tally")
            while instances.sweep(50_000):
                pass
            setup.off()
            return applied

        return [
            compare("batch path traced / untraced", lambda: project(traced=True), project, ">= 0.92"),
            compare("batch path counted / uncounted", lambda: project(counted=True), project, ">= 0.92"),
        ]
