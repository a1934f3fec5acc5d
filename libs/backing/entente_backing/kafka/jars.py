"""Kafka's jars: fetched once by Maven into a cache, and compared with the committed list of their checksums at every start."""

import hashlib
import os
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from entente_backing.kafka.java import maven, run
from entente_backing.kafka.trouble import KafkaTrouble

VERSION = "4.3.1"
_HERE = files("entente_backing.kafka")
_FETCHED_WITHIN = 600
"""Seconds."""


def default_cache() -> Path:
    """Where the jars are kept for all clusters of a user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "entente"


def expected() -> dict[str, str]:
    """The SHA-256 of every jar, by its name."""
    lines = _HERE.joinpath("jars.sha256").read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def present(cache: Path) -> bool:
    """Whether the jars were fetched before."""
    return _folder(cache).is_dir()


def jars(cache: Path) -> Path:
    """The folder that holds the jars, exactly those of the list; fetched where they are not in the cache yet. Raises `KafkaTrouble`."""
    folder = _folder(cache)
    if not present(cache):
        _fetch(folder)
    check(folder)
    return folder


def check(folder: Path) -> None:
    """Compares a folder of jars with the list; raises `KafkaTrouble` naming the jars that differ, are missing or are not on it."""
    wanted, found = expected(), {file.name: file for file in folder.glob("*.jar")}
    differ = [name for name in sorted(wanted.keys() & found.keys()) if _digest(found[name]) != wanted[name]]
    wrong = {
        "differs from its checksum": differ,
        "is missing": sorted(wanted.keys() - found.keys()),
        "is not on the list": sorted(found.keys() - wanted.keys()),
    }
    said = [f"{', '.join(names)} {how}" for how, names in wrong.items() if names]
    if said:
        raise KafkaTrouble(
            f"the jars in {folder} are not those of Kafka {VERSION} as it was pinned: {'; '.join(said)}",
            "delete that folder to have them fetched anew; where they still differ, find out who changed them before running them",
        )


def _fetch(folder: Path) -> None:
    """Fetches beside the place and moves there what is whole and right, so that a half-fetched folder is never taken for the jars."""
    program = maven()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        with as_file(_HERE.joinpath("pom.xml")) as pom:
            goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft.resolve()}"]
            run([str(program), "-q", "-B", "-f", str(pom), *goal], within=_FETCHED_WITHIN)
        check(draft)
        draft.chmod(0o755)
        try:
            draft.rename(folder)
        except OSError:  # another process was faster; what it put there is checked like anything else
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _folder(cache: Path) -> Path:
    return cache / f"kafka-{VERSION}"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
