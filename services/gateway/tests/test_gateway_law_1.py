"""Law 1: nothing acknowledged is lost, and nothing half done stays, wherever the gateway stops."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from entente_contracts.codec import http, json_format
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SystemClock
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_gateway.intake import admitting
from entente_gateway.intake.keeping import Arrivals

TAKE_IN = """
import hashlib, sys
from entente_contracts.events.gateway import PublicKey, Rights
from entente_contracts.recorded import Actor, AuthType
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import SystemClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_gateway.app import gateway
from entente_gateway.domain.source_commands import RegisterSource
from entente_gateway.intake.admitting import Arrival, take_in
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.registered import SOURCE, Registered, claim_uri
from entente_gateway.intake.request import Item, Mode

url, uri, key = sys.argv[1], sys.argv[2], PublicKey.model_validate_json(sys.argv[3])
database, clock, registered = Database(url), SystemClock(), Registered()
migrate(database, gateway.migrations)
store = EventStore(database, clock, "gateway")
by = Because(causationid="request/1", correlationid="request/1", actor=Actor(AuthType.SYSTEM, "test"))
with database.writing() as connection, store.head(connection) as head:
    acting = Acting(connection, head, clock)
    claim_uri(acting, uri, "ucdp")
    rights = Rights(types=("entente.observations.reported",))
    acting.execute(SOURCE, RegisterSource("ucdp", uri, None, "Uppsala", rights, (key,), "agreed"), by)
for line in sys.stdin.buffer:
    raw = line.strip()
    item = Item(Mode.STRUCTURED, "application/cloudevents+json", hashlib.sha256(raw).hexdigest(), len(raw), raw)
    arrival = Arrival([item], examine_all([item], clock.now(), registered.registry), registered.registry, clock.now())
    with database.writing() as connection, store.head(connection) as head:
        (receipt,) = take_in(Acting(connection, head, clock), registered, arrival)
    print(receipt.receipt.model_dump_json(), flush=True)
"""


@pytest.mark.parametrize("where", ["_admit", "_quarantine", "write"])
def test_law_1_a_fault_within_a_request_leaves_nothing_of_it_and_sending_again_completes_it(world, sender, monkeypatch, where):
    world.register(sender)
    held = len(world.stored())
    items = [sender.signed(), sender.unsigned(), sender.signed()]
    owner = Arrivals if where == "write" else admitting.Desk
    original = getattr(owner, where)

    def fail(*asked):
        original(*asked)
        monkeypatch.setattr(owner, where, original)
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(owner, where, fail)
    answer = world.post(b"[" + b",".join(map(json_format.write, items)) + b"]", {"content-type": http.BATCH})
    assert answer.status_code == 500
    assert len(world.stored()) == held
    assert [receipt["outcome"] for receipt in world.send(*items)] == ["admitted", "quarantined", "admitted"]


def test_law_1_every_receipt_that_was_given_before_a_kill_is_in_the_store(sender, tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    child = subprocess.Popen(
        [sys.executable, "-c", TAKE_IN, url, sender.uri, json.dumps(sender.key)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    receipts = []
    with child:
        child.stdin.write(b"".join(json_format.write(sender.signed()) + b"\n" for _ in range(40)))
        child.stdin.flush()
        receipts = [json.loads(child.stdout.readline()) for _ in range(10)]
        child.kill()
        receipts += [json.loads(line) for line in child.stdout if line.endswith(b"\n")]
    database = Database(url)
    store = EventStore(database, SystemClock(), "gateway")
    with database.reading() as connection:
        stored = store.after(connection, 0, 100, [OBSERVATIONS.name])
    database.close()
    assert [receipt["outcome"] for receipt in receipts] == ["admitted"] * len(receipts)
    assert [(each.position, each.id) for each in stored][: len(receipts)] == [(one["position"], one["event"]) for one in receipts]
    assert len(stored) <= len(receipts) + 1
