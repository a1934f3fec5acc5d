"""The guide to the partnerships registry says what the code does now."""

from pathlib import Path

from entente_partnerships.domain.treaty.rules import RULES

GUIDE = Path(__file__).parents[2] / "docs" / "partnerships.md"


def test_every_rule_stands_in_the_guide_with_where_it_comes_from() -> None:
    written = [line for line in GUIDE.read_text().splitlines() if line.startswith("| `")]
    assert [line for line in written if line.count("|") == 4 and "GET" not in line] == [
        f"| `{rule.name}` | {rule.says} | {rule.citation} |" for rule in RULES
    ]
