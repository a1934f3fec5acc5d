"""Which channels two parties have, and everything that happened to each: from its steps it is told how it stood on any day."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.channels import ChannelEstablished
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.channel import ChannelEvent, effective
from entente_partnerships.projections.kept import text
from entente_partnerships.projections.treaty_events import CHANNEL_EVENTS
from entente_partnerships.tables import Row


class ChannelOf(SQLModel):
    """A channel and its two ends."""

    channel: str = Field(primary_key=True)
    a: str
    b: str


class ChannelStep(SQLModel):
    """Something that happened to a channel: when it took effect, and when it was known."""

    channel: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    name: str
    on: date
    event: str
    known: datetime
    data: str


class ChannelOfRow(Row, ChannelOf, table=True):
    __tablename__ = "crisis_channels"


class ChannelStepRow(Row, ChannelStep, table=True):
    __tablename__ = "crisis_channels_step"


crisis_channels = Projection("crisis_channels", ChannelOfRow, ChannelStepRow, code=1, reads=[PARTNERSHIPS])


def _fold(rows: Rows, e: Recorded[ChannelEvent]) -> None:
    if isinstance(e.data, ChannelEstablished):
        rows.put(ChannelOf(channel=e.data.channel, a=e.data.parties[0], b=e.data.parties[1]))
    rows.put(
        ChannelStep(
            channel=e.data.channel,
            step=e.sequence,
            name=e.data.event_name,
            on=effective(e.data),
            event=e.id,
            known=e.recordedtime,
            data=text(e.data.model_dump(mode="json")),
        )
    )


for _event in CHANNEL_EVENTS:
    crisis_channels.on(_event)(_fold)
