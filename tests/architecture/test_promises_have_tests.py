import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text() for folder in ("libs", "services", "tests") for path in (HOUSE / folder).rglob("*.py"))


def kept(document: str) -> list[int]:
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", (HOUSE / "docs" / document).read_text(), re.MULTILINE)
    return [int(number) for number, state in rows if state.startswith("kept")]


@pytest.mark.parametrize("law", kept("laws.md"))
def test_every_law_that_is_kept_has_a_test_that_carries_its_number(law):
    assert re.search(rf"def test_law_{law}_", TESTS)


@pytest.mark.parametrize("case", kept("protocol.md"))
def test_every_case_of_the_protocol_that_is_kept_has_a_test_that_carries_its_number(case):
    assert re.search(rf"def test_protocol_{case}_", TESTS)
