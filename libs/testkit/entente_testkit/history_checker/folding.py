"""What a projection's rows must be: the events of the stores through its folds, in memory, without the kernel's batches."""

from collections.abc import Sequence

from sqlmodel import SQLModel

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.recording import decode
from entente_eventkit.projecting.compare import canonical
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.shape import Shape
from entente_eventkit.store.stored import Stored
from entente_testkit.history_checker.seen import Rows
from entente_testkit.projecting import RowsInMemory


def folded_rows(projection: Projection, events: Sequence[Stored]) -> Rows:
    """The rows of each of its tables, from all events of the topics that it reads, each stream in order of version."""
    read = {topic.name for topic in projection.reads}
    rows = RowsInMemory(projection)
    for event in sorted((event for event in events if event.topic in read), key=lambda event: (event.topic, event.stream, event.version)):
        rows.fold(decode(CloudEvent(event.attributes, event.body)))
    return {shape.table.name: sorted(_canonical(shape, row) for row in rows.all(shape.model)) for shape in projection.shapes.values()}


def _canonical(shape: Shape, row: SQLModel) -> bytes:
    return canonical({name: getattr(row, name) for name in shape.names})
