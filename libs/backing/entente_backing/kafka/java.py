"""The programs that Kafka needs on the machine: Java, and Maven where its jars are not there yet."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from entente_backing.kafka.trouble import KafkaTrouble

OLDEST_JAVA = 17
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_ANSWERS_WITHIN = 60
"""Seconds."""


def java() -> Path:
    """The Java to run Kafka with: that of `JAVA_HOME`, else the one on the path. Raises `KafkaTrouble` where it is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    mend = f"install a Java of version {OLDEST_JAVA} or later (Debian: openjdk-17-jre-headless) and see that `java` is on the PATH"
    if found is None:
        raise KafkaTrouble(f"there is no Java {f'in JAVA_HOME={home}' if home else 'on the PATH'}", mend)
    said = run([found, "-version"])
    version = _VERSION.search(said)
    if version is None:
        raise KafkaTrouble(f"{found} does not tell its version; it says {said[:200]!r}", mend)
    if int(version[1]) < OLDEST_JAVA:
        raise KafkaTrouble(f"{found} is Java {version[1]}, and Kafka needs {OLDEST_JAVA} or later", mend)
    return Path(found)


def maven() -> Path:
    """The Maven to fetch the jars with; raises `KafkaTrouble` where it is missing."""
    found = shutil.which("mvn")
    if found is None:
        raise KafkaTrouble(
            "there is no Maven on the PATH, and Kafka's jars are not in the cache yet",
            "install Maven (Debian: maven) and see that `mvn` is on the PATH; it is needed once",
        )
    return Path(found)


def run(command: list[str], within: float = _ANSWERS_WITHIN) -> str:
    """What a program says on both its outputs; raises `KafkaTrouble` with its last words where it fails."""
    name = Path(command[0]).name
    try:
        # The command is put together here, from programs found on the path and files of ours.
        done = subprocess.run(command, capture_output=True, text=True, timeout=within, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
    except subprocess.TimeoutExpired:
        raise KafkaTrouble(f"{name} did not end within {within:.0f} seconds", "see what holds it up and try again") from None
    except OSError as error:
        raise KafkaTrouble(f"{command[0]} cannot be run: {error.strerror}", "see that it may be executed") from error
    said = done.stdout + done.stderr
    if done.returncode:
        raise KafkaTrouble(f"{name} failed with exit code {done.returncode}: {_last_words(said)}", "mend what it names and try again")
    return said


def _last_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line] or lines
    return " / ".join(errors[:3])[:600] or "it said nothing"
