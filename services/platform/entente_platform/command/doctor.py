"""`entente doctor`: what an installation stands on, looked at piece by piece, with what to do about each."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from string import ascii_letters, digits
from typing import Any

import typer

from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import FAILED, Trouble
from entente_platform.folder import DataFolder

LEAST_DISK = 1024**3
"""Bytes that should be free."""
MOST_SKEW = 5.0
"""Seconds by which the platform's clock may differ from this machine's."""
NAMED = ascii_letters + digits + "._-"
"""Of what a distribution's name is made."""

OURS = ("entente-contracts", "entente-eventkit", "entente-client", "entente-platform")


@dataclass(frozen=True, slots=True)
class Found:
    """One look: `state` is ok, warning or wrong; what was found, and what to do."""

    what: str
    state: str
    found: str
    mend: str = ""


@told
def doctor(data: Data = HERE, as_json: AsJson = False) -> None:
    """Look at versions, settings, stores, migrations, disk, clock and the running platform; say what to do. Example: entente doctor"""
    folder = DataFolder(data)
    found = [each for look in LOOKS for each in _looked(look, folder)]
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        rows = [(each.state, each.what, each.found + (f"; {each.mend}" if each.mend else "")) for each in found]
        console().print(table("", "what", "what was found, and what to do", rows=rows))
    if any(each.state == "wrong" for each in found):
        raise typer.Exit(FAILED)


def _looked(look: Callable[[DataFolder], Iterator[Found]], folder: DataFolder) -> Iterator[Found]:
    try:
        yield from look(folder)
    except OSError as error:
        yield Found(look.__name__.strip("_"), "wrong", f"{error.filename}: {error.strerror}", "make it readable for the user that asks")


def _versions(_: DataFolder) -> Iterator[Found]:
    python = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    yield Found("Python", "ok" if enough else "wrong", python, "" if enough else "use Python 3.11 or later")
    lacking = sorted(set(_lacking()))
    found = f"{len(OURS)} parts, version {version('entente-platform')}" if not lacking else f"not installed: {', '.join(lacking)}"
    yield Found("dependencies", "wrong" if lacking else "ok", found, "run `make` again in the checkout" if lacking else "")


def _lacking() -> Iterator[str]:
    for part in OURS:
        for needed in requires(part) or ():
            if "extra ==" in needed:
                continue
            name = needed[: len(needed) - len(needed.lstrip(NAMED))]
            try:
                version(name)
            except PackageNotFoundError:
                yield name


def _settings(_: DataFolder) -> Iterator[Found]:
    from entente_eventkit.shell.settings import WrongSetting
    from entente_platform.settings import PlatformSettings

    try:
        settings = PlatformSettings.read("platform")
    except WrongSetting as wrong:
        yield Found("settings", "wrong", str(wrong).replace("\n", "; "), "mend or unset the variables named")
    else:
        yield Found("settings", "ok", ", ".join(f"{name} {value}" for name, value in settings.shown().items()))


def _folder(folder: DataFolder) -> Iterator[Found]:
    if not folder.path.is_dir():
        yield Found("data folder", "warning", f"{folder.path} is not there", "`entente up` makes it, or name another with --data")
        return
    if folder.path.stat().st_mode & 0o077:
        yield Found("data folder", "wrong", f"others can look into {folder.path}", f"chmod -R go-rwx {folder.path}")
    else:
        yield Found("data folder", "ok", f"{folder.path}, readable by its owner alone")


def _stores(folder: DataFolder) -> Iterator[Found]:
    from entente_eventkit.storage.database import Database
    from entente_eventkit.storage.migrations import RevisionState, revision_state
    from entente_platform.app import SERVICES

    for service in SERVICES:
        path = folder.database(service.name)
        if not path.is_file():
            continue
        database = Database(f"sqlite:///{path.resolve()}")
        try:
            state = revision_state(database, service.migrations)
        finally:
            database.close()
        good = state is RevisionState.UP_TO_DATE
        mend = "" if good else f"stop the platform, then `entente migrate --data {folder.path}`"
        yield Found(f"store of {service.name}", "ok" if good else "wrong", state.value.replace("_", " "), mend)


def _disk(folder: DataFolder) -> Iterator[Found]:
    place = folder.path if folder.path.is_dir() else folder.path.resolve().parent
    free = shutil.disk_usage(place).free
    good = free >= LEAST_DISK
    yield Found("disk", "ok" if good else "warning", f"{free / 1024**3:.1f} GiB free", "" if good else "make room: stores only grow")


def _platform(folder: DataFolder) -> Iterator[Found]:
    try:
        with Platform(folder, "operator") as platform:
            services = platform.services()
            yield Found("platform", "ok", f"answers with {', '.join(services)}")
            yield from _clock(platform)
            yield from _readers(platform, services)
    except Trouble as trouble:
        yield Found("platform", "warning", str(trouble), trouble.mend)


def _clock(platform: Platform) -> Iterator[Found]:
    try:
        told_: dict[str, Any] = platform.get("/ops/clock")
    except Trouble:
        return
    from entente_eventkit.clock import SystemClock

    now = datetime.fromisoformat(told_["now"])
    skew = abs((SystemClock().now() - now).total_seconds())
    if told_["is_set"]:
        yield Found("clock", "warning", f"stands at {told_['now']} until it is moved", "start without --clock for real work")
    else:
        good = skew <= MOST_SKEW
        yield Found("clock", "ok" if good else "wrong", f"{skew:.1f} s from this machine's", "" if good else "let NTP set both")


def _readers(platform: Platform, services: list[str]) -> Iterator[Found]:
    behind = sum(one["events"] for service in services for one in platform.get(f"/{service}/ops/lag"))
    parked = sum(one["total"] for service in services for one in platform.get(f"/{service}/ops/parked"))
    yield Found("projections", "ok", f"{behind} events behind")
    yield Found("parked events", "wrong" if parked else "ok", str(parked), "see `entente parked list`" if parked else "")


LOOKS: tuple[Callable[[DataFolder], Iterator[Found]], ...] = (_versions, _settings, _folder, _stores, _disk, _platform)
