"""The guide to the front door says what the code does now."""

import re
from pathlib import Path

from entente_contracts.events.gateway import QuarantineReason
from entente_gateway.intake.limits import Allowed

GUIDE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text()


def test_every_reason_stands_in_the_guide_in_the_order_in_which_it_is_judged() -> None:
    assert re.findall(r"^\| `([a-z0-9_]+)` \|", GUIDE, re.MULTILINE) == [reason.value for reason in QuarantineReason]


def test_every_limit_that_can_be_set_stands_in_the_guide_with_its_default() -> None:
    for name in Allowed.model_fields:
        assert name.upper() in GUIDE, name
    allowed = Allowed()
    for said in (
        f"{allowed.source_rate:,.0f} and {allowed.source_burst:,}",
        f"{allowed.stranger_rate:,.0f} and {allowed.stranger_burst:,}",
    ):
        assert said in GUIDE
    assert f"| requests in hand | {allowed.requests} |" in GUIDE
