"""Which sources exist, with their keys and rights."""

import json
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from entente_contracts.events.gateway import (
    Rights,
    SourceDescribed,
    SourceKeyAdded,
    SourceKeyRevoked,
    SourceRegistered,
    SourceReinstated,
    SourceRightsChanged,
    SourceSuspended,
    SourceTokenIssued,
    SourceTokenRevoked,
)
from entente_contracts.recorded import Recorded
from entente_contracts.topics import GATEWAY
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_gateway.tables import Row


class SourceNow(SQLModel):
    """A source as it stands at `version` of its stream; `rights` as JSON."""

    name: str = Field(primary_key=True)
    uri: str
    party: str | None
    title: str
    rights: str
    registered: datetime
    registered_by: str
    version: int
    suspended: datetime | None = None
    suspended_because: str | None = None


class SourceTokenNow(SQLModel):
    """A token of a source by its hash; it opens nothing any more once it is `revoked`."""

    source: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    digest: str
    issued: datetime
    issued_by: str
    revoked: datetime | None = None


class SourceKeyNow(SQLModel):
    """A key of a source, since when it verifies and since when not any more."""

    source: str = Field(primary_key=True)
    keyid: str = Field(primary_key=True)
    algorithm: str
    pem: str
    added: datetime
    added_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_because: str | None = None


class SourceNowRow(Row, SourceNow, table=True):
    __tablename__ = "sources_source"


class SourceKeyNowRow(Row, SourceKeyNow, table=True):
    __tablename__ = "sources_key"


class SourceTokenNowRow(Row, SourceTokenNow, table=True):
    __tablename__ = "sources_token"
    __table_args__ = (Index("ix_sources_token_digest", "instance", "digest"),)


sources = Projection("sources", SourceNowRow, SourceKeyNowRow, SourceTokenNowRow, code=2, reads=[GATEWAY])

SourceChange = (
    SourceKeyAdded
    | SourceKeyRevoked
    | SourceRightsChanged
    | SourceDescribed
    | SourceSuspended
    | SourceReinstated
    | SourceTokenIssued
    | SourceTokenRevoked
)


def rights_text(rights: Rights) -> str:
    """Rights as the row holds them."""
    return json.dumps(rights.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def _source(e: Recorded[SourceChange]) -> Touched:
    yield SourceNow, (e.data.source,)


def _source_and_key(e: Recorded[SourceKeyRevoked]) -> Touched:
    yield SourceNow, (e.data.source,)
    yield SourceKeyNow, (e.data.source, e.data.keyid)


def _source_and_token(e: Recorded[SourceTokenRevoked]) -> Touched:
    yield SourceNow, (e.data.source,)
    yield SourceTokenNow, (e.data.source, e.data.token)


def _moved(rows: Rows, e: Recorded[SourceChange]) -> SourceNow:
    source = rows.get(SourceNow, e.data.source)
    if source is None:
        raise LookupError(f"{e.type} of {e.data.source!r} comes before the source was registered")
    source.version = e.sequence
    return source


@sources.on(SourceRegistered)
def _registered(rows: Rows, e: Recorded[SourceRegistered]) -> None:
    rows.put(
        SourceNow(
            name=e.data.source,
            uri=e.data.uri,
            party=e.data.party,
            title=e.data.title,
            rights=rights_text(e.data.rights),
            registered=e.recordedtime,
            registered_by=e.actor.id,
            version=e.sequence,
        )
    )


@sources.on(SourceKeyAdded, touches=_source)
def _key_added(rows: Rows, e: Recorded[SourceKeyAdded]) -> None:
    rows.put(_moved(rows, e))
    key = e.data.key
    rows.put(
        SourceKeyNow(
            source=e.data.source,
            keyid=key.keyid,
            algorithm=key.algorithm.value,
            pem=key.pem,
            added=e.recordedtime,
            added_by=e.actor.id,
        )
    )


@sources.on(SourceKeyRevoked, touches=_source_and_key)
def _key_revoked(rows: Rows, e: Recorded[SourceKeyRevoked]) -> None:
    rows.put(_moved(rows, e))
    key = rows.get(SourceKeyNow, e.data.source, e.data.keyid)
    if key is None:
        raise LookupError(f"the key {e.data.keyid!r} of {e.data.source!r} is revoked before it was added")
    key.revoked_at, key.revoked_by, key.revoked_because = e.data.revoked_at, e.actor.id, e.data.because
    rows.put(key)


@sources.on(SourceRightsChanged, touches=_source)
def _rights_changed(rows: Rows, e: Recorded[SourceRightsChanged]) -> None:
    source = _moved(rows, e)
    source.rights = rights_text(e.data.rights)
    rows.put(source)


@sources.on(SourceDescribed, touches=_source)
def _described(rows: Rows, e: Recorded[SourceDescribed]) -> None:
    source = _moved(rows, e)
    source.party, source.title = e.data.party, e.data.title
    rows.put(source)


@sources.on(SourceSuspended, touches=_source)
def _suspended(rows: Rows, e: Recorded[SourceSuspended]) -> None:
    source = _moved(rows, e)
    source.suspended, source.suspended_because = e.data.suspended_at, e.data.because
    rows.put(source)


@sources.on(SourceReinstated, touches=_source)
def _reinstated(rows: Rows, e: Recorded[SourceReinstated]) -> None:
    source = _moved(rows, e)
    source.suspended, source.suspended_because = None, None
    rows.put(source)


@sources.on(SourceTokenIssued, touches=_source)
def _token_issued(rows: Rows, e: Recorded[SourceTokenIssued]) -> None:
    rows.put(_moved(rows, e))
    rows.put(SourceTokenNow(source=e.data.source, token=e.data.token, digest=e.data.digest, issued=e.recordedtime, issued_by=e.actor.id))


@sources.on(SourceTokenRevoked, touches=_source_and_token)
def _token_revoked(rows: Rows, e: Recorded[SourceTokenRevoked]) -> None:
    rows.put(_moved(rows, e))
    token = rows.get(SourceTokenNow, e.data.source, e.data.token)
    if token is None:
        raise LookupError(f"the token {e.data.token!r} of {e.data.source!r} is revoked before it was issued")
    token.revoked = e.recordedtime
    rows.put(token)
