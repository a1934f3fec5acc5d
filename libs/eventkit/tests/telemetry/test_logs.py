"""Logs: one JSON object a line, with the trace, without secrets."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from entente_eventkit import telemetry
from entente_eventkit.telemetry import tracing
from entente_eventkit.telemetry.logs import STRUCK, logged_to, strike

log = logging.getLogger("entente.test")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    with logged_to(stream, "gateway", "info"):
        yield stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_how_grave_who_and_what(written: io.StringIO) -> None:
    log.debug("unheard")
    log.warning("parked %s", "source/ucdp", extra={"version": 3, "streams": ["a"], "rest": {"more": None}})
    (line,) = lines(written)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "service": "gateway",
        "logger": "entente.test",
        "message": "parked source/ucdp",
        "version": 3,
        "streams": ["a"],
        "rest": {"more": None},
    }


def test_a_line_names_its_trace(written: io.StringIO) -> None:
    telemetry.configure("test", None, InMemorySpanExporter())
    with tracing.span("work") as span:
        log.info("inside")
    telemetry.off()
    assert span is not None
    (line,) = lines(written)
    assert f"00-{line['trace_id']}-{line['span_id']}" == span[:52]


def test_an_error_has_its_traceback_on_the_same_line(written: io.StringIO) -> None:
    try:
        raise ValueError("Authorization: Bearer abc.def-123")
    except ValueError:
        log.exception("failed")
    (line,) = lines(written)
    assert "ValueError" in line["error"]
    assert "abc.def" not in line["error"]


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer s3cret",
        "bearer s3cret",
        "postgresql+psycopg://entente:s3cret@db/gateway",
        "https://:s3cret@collector",
        "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\ns3cret cut off",
        "dsn password=s3cret host=db",
        "?token=s3cret&a=1",
    ],
)
def test_secrets_are_struck_out_wherever_they_stand(written: io.StringIO, secret: str) -> None:
    log.info("connecting to %s", secret, extra={"detail": {"of": [secret]}})
    assert "s3cret" not in written.getvalue()
    assert STRUCK in strike(secret)


def test_what_holds_no_secret_stays() -> None:
    assert strike("GET http://127.0.0.1:8600/gateway?limit=5") == "GET http://127.0.0.1:8600/gateway?limit=5"


def test_libraries_that_talk_much_are_heard_from_warning_on_unless_somebody_debugs() -> None:
    for level, heard in (("debug", logging.DEBUG), ("info", logging.WARNING)):
        with logged_to(io.StringIO(), "gateway", level):
            assert logging.getLogger("alembic").level == heard


def test_a_process_that_is_done_leaves_no_handler_behind() -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    with logged_to(None, "gateway", "debug"):
        assert (root.level, list(root.handlers)) != before
    assert (root.level, list(root.handlers)) == before
