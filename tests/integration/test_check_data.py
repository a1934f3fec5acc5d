"""Whole data sets of others through the registry, where they are on the machine: `ENTENTE_DATA`, else `../shared/data`."""

import os
from pathlib import Path

import pytest
from tests.check_data.__main__ import ATOP, DCAD, EXPLAINED, IGO, check

FOLDER = Path(os.environ.get("ENTENTE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "agreements"


@pytest.mark.timeout(900)
def test_the_registry_answers_as_the_data_sets_say_and_every_disagreement_has_its_reason() -> None:
    missing = [name for name in (DCAD, ATOP, IGO) if not (FOLDER / name).is_file()]
    if missing:
        pytest.skip(f"{', '.join(missing)} not on this machine; name the folder above them with ENTENTE_DATA")
    entries, years, members = check(FOLDER).values()
    assert entries.compared > 800
    assert years.compared > 70_000
    assert members.compared > 30_000
    assert set(entries.reasons) | set(years.reasons) <= EXPLAINED
    assert len(entries.disagreements) < 10
    assert len(years.disagreements) < 500
