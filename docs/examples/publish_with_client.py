"""Publish an observation: publish_with_client.py PLATFORM_URL SOURCE_URI PRIVATE_KEY_FILE KEYID"""

import sys
from datetime import date
from pathlib import Path

from entente_client import Publication, Publisher
from entente_contracts.events.observations import DatePrecision, Deaths, Kind, ObservationReported, Vocabulary, What, When, Where

url, source, key_file, keyid = sys.argv[1:]
observation = ObservationReported(
    observation="desk-117",
    kind=Kind.MATERIAL_CONFLICT,
    what=What(vocabulary=Vocabulary.CAMEO, code="193", title="Fight with small arms"),
    where=Where(country="SDN", place="Omdurman"),
    when=When(first=date(2023, 10, 9), last=date(2023, 10, 9), precision=DatePrecision.DAY),
    deaths=Deaths(low=2, best=3, high=5),
)
with Publisher(url, source, Path(key_file).read_bytes(), keyid, journal=Path("sent.jsonl")) as publisher:
    for receipt in publisher.publish([Publication.reporting(observation)]):
        print(receipt.id, receipt.outcome, receipt.detail or "", receipt.mend or "")
