"""Logs as one JSON object a line, each with the trace that it belongs to. Secrets are struck out, wherever they stand."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from entente_eventkit.telemetry import traceparent, tracing

STRUCK = "[struck out]"
SECRETS = (
    re.compile(r"(?<=\b[Bb]earer )[A-Za-z0-9._~+/=-]+"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL),
    re.compile(r"(?i)(?<=password=)[^\s&]+|(?<=token=)[^\s&]+|(?<=secret=)[^\s&]+"),
)
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def strike(text: str) -> str:
    """The text without bearer tokens, passwords in addresses, and private keys."""
    for secret in SECRETS:
        text = secret.sub(STRUCK, text)
    return text


class JsonFormatter(logging.Formatter):
    """A log record as JSON: time, level, logger, message, the trace and span, what was given as `extra`, and the error's traceback."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (span := traceparent.read(tracing.current())) is not None:
            line |= {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"}
        line |= {name: value for name, value in vars(record).items() if name not in USUAL and name not in line}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(_struck(line), ensure_ascii=True, default=str)


def _struck(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _struck(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(inner) for inner in value]
    return value if value is None or isinstance(value, int | float) else strike(str(value))


TALKATIVE = ("aiokafka", "alembic")
"""Libraries that tell at `info` what only somebody who debugs them wants to know."""


@contextmanager
def logged_to(stream: TextIO | None, service: str, level: str) -> Iterator[None]:
    """Sends the process's logs from `level` on (`debug` to `critical`) to a stream (None: standard error) while the block runs. Web server
    access logs are left to the spans."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
