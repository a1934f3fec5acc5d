"""Runs tests on columns: `--columns embedded,native,containers` says which, `--every-column` makes one that cannot run a failure.

A test that asks for `column` runs once on each; one that asks for `column_of_many` on those where several processes may share the work.
The end of the run names each column, how many tests ran on it, and why one did not.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from typing import cast

import pytest

from entente_testkit.columns.column import NOT_THERE, Column, Missing

OPENERS = {"embedded": "embedded", "native": "real", "containers": "real"}
"""In which module of this room each column is opened. They are imported when one is: what is imported before the measuring of coverage
begins, as this plugin is, counts as never run."""

OF_MANY = ("native", "containers")
"""Columns whose databases several processes may write."""

FIXTURES = {"column": tuple(OPENERS), "column_of_many": OF_MANY, "backend": tuple(OPENERS)}

_RAN, _MISSING = "column", "column that cannot run"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options."""
    group = parser.getgroup("columns")
    group.addoption("--columns", default="embedded", help=f"run suites on these, with commas between: {', '.join(OPENERS)}")
    group.addoption("--every-column", action="store_true", help="fail where one of the columns cannot run here, instead of saying so")


def pytest_configure(config: pytest.Config) -> None:
    """Refuses names that there are not."""
    unknown = set(chosen(config)) - set(OPENERS)
    if unknown:
        raise pytest.UsageError(f"--columns: there is no {', '.join(sorted(unknown))}; there are {', '.join(OPENERS)}")
    config.pluginmanager.register(_Tally(chosen(config)))


def chosen(config: pytest.Config) -> list[str]:
    """The columns that were asked for."""
    names: str = config.getoption("--columns")
    return [name for name in names.split(",") if name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run a column."""
    for fixture, able in FIXTURES.items():
        if fixture in metafunc.fixturenames:
            names = [name for name in chosen(metafunc.config) if name in able]
            metafunc.parametrize(fixture, names or [NOT_THERE], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what there is nothing to run on, be it a column or a part of a service."""
    without = [item for item in items if NOT_THERE in getattr(getattr(item, "callspec", None), "params", {}).values()]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def open_column() -> Iterator[Callable[[str], Column]]:
    """Opens a column when it is first asked for, and raises `Missing`; all are closed at the end of the session."""
    found: dict[str, Column] = {}
    missing: dict[str, Missing] = {}
    with ExitStack() as held:

        def get(name: str) -> Column:
            if name in missing:
                raise missing[name]
            if name not in found:
                try:
                    found[name] = held.enter_context(_opener(name)())
                except Missing as why:
                    missing[name] = why
                    raise
            return found[name]

        yield get


@pytest.fixture
def column(request: pytest.FixtureRequest, open_column: Callable[[str], Column]) -> Column:
    """A kind of log with a kind of store."""
    return _opened(request, open_column)


@pytest.fixture
def column_of_many(request: pytest.FixtureRequest, open_column: Callable[[str], Column]) -> Column:
    """One on which several processes share the work."""
    return _opened(request, open_column)


@pytest.fixture
def backend(request: pytest.FixtureRequest, open_column: Callable[[str], Column]) -> str:
    """The name of a column whose databases a test makes and empties by itself (`backends.BACKENDS`)."""
    return _opened(request, open_column).name


def _opener(name: str) -> Callable[[], AbstractContextManager[Column]]:
    opener: Callable[[], AbstractContextManager[Column]] = getattr(import_module(f"{__package__}.{OPENERS[name]}"), name)
    return opener


def _opened(request: pytest.FixtureRequest, open_column: Callable[[str], Column]) -> Column:
    name: str = request.param
    try:
        found = open_column(name)
    except Missing as why:
        request.node.user_properties.append((_MISSING, (name, str(why))))
        (pytest.fail if request.config.getoption("--every-column") else pytest.skip)(f"the column {name} cannot run here: {why}")
    request.node.user_properties.append((_RAN, name))
    return found


class _Tally:
    """Counts on the process that reports, whichever process ran the tests."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._ran, self._missing = names, Counter[str](), dict[str, str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for what, value in report.user_properties if report.when == "setup" else ():
            if what == _RAN:
                self._ran[str(value)] += 1
            elif what == _MISSING:
                name, why = cast("tuple[str, str]", value)
                self._missing[name] = why

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """A line a column."""
        if self._ran or self._missing:
            terminalreporter.section("columns")
            for name in self._names:
                why = self._missing.get(name)
                terminalreporter.line(f"{name}: {f'cannot run here: {why}' if why else f'{self._ran[name]} tests ran on it'}")
