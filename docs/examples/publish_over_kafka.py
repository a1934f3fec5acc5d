"""Publish an observation over Kafka and wait for its receipt: publish_over_kafka.py BOOTSTRAP CREDENTIALS SOURCE URI PRIVATE_KEY_FILE KEYID

CREDENTIALS is the folder that the operator gave you (ca.pem, username, password), or - where the brokers ask for none.
"""

import asyncio
import hashlib
import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.helpers import create_ssl_context
from cloudevents.core.bindings.kafka import KafkaMessage as Message
from cloudevents.core.bindings.kafka import from_binary_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent
from cryptography.hazmat.primitives.serialization import load_pem_private_key

bootstrap, credentials, source, uri, key_file, keyid = sys.argv[1:]
connection = {"bootstrap_servers": bootstrap.split(",")}
if credentials != "-":
    folder = Path(credentials)
    connection |= {
        "security_protocol": "SASL_SSL",
        "ssl_context": create_ssl_context(cafile=folder / "ca.pem"),
        "sasl_mechanism": "SCRAM-SHA-512",
    }
    connection |= {f"sasl_plain_{name}": (folder / name).read_text().strip() for name in ("username", "password")}

observation = {"observation": "desk-119", "kind": "material_conflict", "what": {"vocabulary": "cameo", "code": "193"}}
observation |= {"where": {"country": "SDN"}, "when": {"first": "2023-10-09", "last": "2023-10-09", "precision": "day"}}
data = json.dumps(observation).encode()
attributes = {"id": "reported-desk-119", "source": uri, "specversion": "1.0", "type": "entente.observations.reported.v2"}
attributes |= {"datacontenttype": "application/json", "time": datetime(2023, 10, 9, tzinfo=UTC)}

signed = [attributes[name] for name in ("id", "source", "specversion", "type", "datacontenttype")] + ["", "", "2023-10-09T00:00:00Z"]
payload = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in [*(text.encode() for text in signed), data])).digest()
kind = "https://cloudevents.io/verifiability/dsse/v0.1"
to_sign = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
signature = load_pem_private_key(Path(key_file).read_bytes(), None).sign(to_sign)
signatures = [{"keyid": keyid, "sig": b64encode(signature).decode()}]
envelope = {"payload": b64encode(payload).decode(), "payloadType": kind, "signatures": signatures}
message = to_binary_event(CloudEvent({**attributes, "dssematerial": b64encode(json.dumps(envelope).encode()).decode()}, data))


async def receipt_for(id: str, replies: AIOKafkaConsumer) -> dict[str, object]:
    """Reads on until the gateway has said what became of the event."""
    async for record in replies:
        told = from_binary_event(Message(dict(record.headers), record.key, record.value))
        if told.get_subject() == id:
            return json.loads(told.get_data()) if isinstance(told.get_data(), bytes) else told.get_data()
    raise EOFError("the reply topic ended")


async def main() -> None:
    """Sends, and sends again for as long as there is no receipt: `entente.inbound` promises nothing before."""
    replies = AIOKafkaConsumer(**connection, enable_auto_commit=False, auto_offset_reset="latest")
    async with AIOKafkaProducer(**connection, acks="all", enable_idempotence=True) as producer, replies:
        replies.assign([TopicPartition(f"entente.replies.{source}", 0)])
        await replies.seek_to_end()
        while True:
            await producer.send_and_wait("entente.inbound", message.value, message.key, headers=list(message.headers.items()))
            try:
                print(json.dumps(await asyncio.wait_for(receipt_for("reported-desk-119", replies), 30)))
            except TimeoutError:
                continue
            return


asyncio.run(main())
