"""The operators' guide says what the code does now."""

from pathlib import Path

from entente_eventkit.telemetry.instruments import table

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"


def test_the_table_of_metrics_in_the_guide_is_the_catalogue() -> None:
    assert table() in GUIDE.read_text()
