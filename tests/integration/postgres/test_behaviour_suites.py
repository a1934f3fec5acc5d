"""Every service's behaviour suites, the specimen's among them, on PostgreSQL."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from entente_testkit.suites import ServiceBehaviour
from entente_testkit.suites.every import EveryPart

OF_COLUMNS = {name: None for name in vars(ServiceBehaviour) if name.startswith("test_")}
"""What runs on a log as well as a store is run by the columns."""

ROOT = Path(__file__).parents[3]


def suites() -> Iterator[type[EveryPart]]:
    """The suites that the services' own tests run, found in their files."""
    for file in [*ROOT.glob("services/*/tests/test_*.py"), *ROOT.glob("libs/testkit/tests/suites/test_suites_on_*.py")]:
        if "Behaviour" not in file.read_text("utf-8"):
            continue
        spec = importlib.util.spec_from_file_location(f"suites_of_{file.stem}", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield from (one for name, one in vars(module).items() if name.startswith("Test") and issubclass(one, EveryPart))


for suite in suites():
    name = f"{suite.__name__}OnPostgres"
    globals()[name] = type(name, (suite,), {"backends": ("postgres",), "__module__": __name__, **OF_COLUMNS})


def test_every_service_brings_its_suite() -> None:
    found = {each.service.name for name, each in globals().items() if name.endswith("OnPostgres")}
    services = {folder.name for folder in (ROOT / "services").iterdir() if (folder / "pyproject.toml").exists()}
    assert found - {"specimen"} == services - {"platform", "console"}
