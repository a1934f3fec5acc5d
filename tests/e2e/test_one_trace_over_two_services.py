"""Law 6 as an operator sees it: one foreign event, followed from the request to the warning through the log, in one tree."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec.http import to_binary
from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.strict_json import canonical
from entente_eventkit.shell.tokens import read_token
from entente_eventkit.telemetry import setup
from entente_eventkit.telemetry.chain import Seen, chain
from entente_platform import running
from entente_platform.folder import DataFolder

NOON = datetime(2023, 10, 7, 12, tzinfo=UTC)
READ_BY = ("assessments", "warnings", "warn-when-assessed")
"""What reads the topic of stability."""

SOURCE = "https://ministry.example/reports"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MASSACRE: dict[str, Any] = {
    "observation": "1",
    "kind": "material_conflict",
    "what": {"vocabulary": "ucdp", "code": "1"},
    "where": {"country": "SDN"},
    "when": {"first": "2023-10-07", "last": "2023-10-07", "precision": "day"},
    "deaths": {"low": 900, "best": 1000, "high": 1100},
}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    yield exporter
    setup.off()


def until(condition: Any, within: float = 20) -> None:
    ends = time.monotonic() + within
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def test_law_6_one_trace_follows_a_foreign_event_from_the_request_to_the_warning(tmp_path: Path, spans: InMemorySpanExporter) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    private, public = signature.generate_key(KeyAlgorithm.ED25519)
    with TestClient(running.platform(folder, running.clock_at(NOON))) as http:
        roles = {role: {"authorization": f"Bearer {read_token(folder.tokens, role)}"} for role in ("administrator", "analyst", "operator")}
        registered = http.post(
            "/gateway/sources",
            headers=roles["administrator"],
            json={
                "name": "ministry",
                "uri": SOURCE,
                "party": "SDN",
                "title": "A ministry",
                "rights": {"types": ["entente.observations.reported"], "countries": None},
                "keys": [{"keyid": "k1", "algorithm": "ed25519", "pem": public.decode()}],
                "because": "an agreement",
            },
        )
        assert registered.status_code == 201, registered.text

        def idle() -> bool:
            rows = [row for name in ("gateway", "stability") for row in http.get(f"/{name}/ops/lag", headers=roles["operator"]).json()]
            return all(row["events"] == 0 for row in rows)

        until(idle)
        setup.configure("test", None, spans)
        attributes = {
            "specversion": "1.0",
            "id": "report-1",
            "source": SOURCE,
            "type": "entente.observations.reported.v2",
            "datacontenttype": "application/json",
            "time": "2023-10-07T10:00:00Z",
        }
        event = signature.sign(CloudEvent(attributes, canonical(MASSACRE)), private, "k1")
        headers, body = to_binary(event)
        answer = http.post("/gateway/events", content=body, headers={**headers, "traceparent": CALLER})
        assert answer.json()["receipts"][0]["outcome"] == "admitted", answer.text
        until(lambda: http.get("/stability/warnings", headers=roles["analyst"]).json()["standing"] and idle())
        setup.off()

    caused = [span for span in spans.get_finished_spans() if f"{span.context.trace_id:032x}" == CALLER.split("-")[1]]
    assert Counter(chain(caused)) == Counter(
        [
            Seen("POST /gateway/events", "(elsewhere)"),
            Seen("append entente.observations", "POST /gateway/events"),
            Seen("send entente.observations", "append entente.observations"),
            Seen("process entente.observations", "send entente.observations"),
            Seen("work assess-what-changed", "send entente.observations"),
            Seen("append entente.stability", "work assess-what-changed"),
            Seen("react warn-when-assessed", "process entente.stability"),
            Seen("append entente.stability", "react warn-when-assessed"),
            *[Seen("send entente.stability", "append entente.stability")] * 2,
            *[Seen("process entente.stability", "send entente.stability")] * (2 * len(READ_BY)),
        ]
    )
