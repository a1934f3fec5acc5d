"""Publish an observation with the official SDK alone: publish_with_sdk.py PLATFORM_URL SOURCE_URI PRIVATE_KEY_FILE KEYID"""

import hashlib
import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from cloudevents.core.bindings.http import to_binary_event
from cloudevents.core.v1.event import CloudEvent
from cryptography.hazmat.primitives.serialization import load_pem_private_key

url, source, key_file, keyid = sys.argv[1:]
observation = {"observation": "desk-118", "kind": "material_conflict", "what": {"vocabulary": "cameo", "code": "193"}}
observation |= {"where": {"country": "SDN"}, "when": {"first": "2023-10-09", "last": "2023-10-09", "precision": "day"}}
data = json.dumps(observation).encode()
attributes = {"id": "reported-desk-118", "source": source, "specversion": "1.0", "type": "entente.observations.reported.v2"}
attributes |= {"datacontenttype": "application/json", "time": datetime(2023, 10, 9, tzinfo=UTC)}

signed = [attributes[name] for name in ("id", "source", "specversion", "type", "datacontenttype")] + ["", "", "2023-10-09T00:00:00Z"]
payload = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in [*(text.encode() for text in signed), data])).digest()
kind = "https://cloudevents.io/verifiability/dsse/v0.1"
to_sign = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
signature = load_pem_private_key(Path(key_file).read_bytes(), None).sign(to_sign)
signatures = [{"keyid": keyid, "sig": b64encode(signature).decode()}]
envelope = {"payload": b64encode(payload).decode(), "payloadType": kind, "signatures": signatures}
message = to_binary_event(CloudEvent({**attributes, "dssematerial": b64encode(json.dumps(envelope).encode()).decode()}, data))
with urlopen(Request(f"{url}/gateway/events", message.body, message.headers)) as answer:
    print(answer.read().decode())
