"""`python -m entente_testkit.schema_gate [--base REF]`: do the contracts still keep what the committed schemas promised?"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from entente_contracts import asyncapi, schemas
from entente_testkit.schema_gate.compare import compare

MEND = "keep a published version as it was; what must change becomes a new version: a model, and an upcaster from the old one"


def complaints(published: Mapping[str, str], current: Mapping[str, str], base: str) -> list[str]:
    """What changed of the schemas published at `base` that must not: both by file name, as JSON text."""
    found = []
    for name, old in published.items():
        if name not in current:
            found.append(f"{name}: published at {base} and gone; events of this version are still in the log")
            continue
        found += [f"{name}: {each.path}: {each.text} (against {base})" for each in compare(json.loads(old), json.loads(current[name]))]
    return found


def not_written(folder: Path, current: Mapping[str, str]) -> list[str]:
    """Which committed files are not what the models generate."""
    expected = {folder / name: text for name, text in current.items()}
    extra = [path for path in sorted(folder.glob("*.json")) if path not in expected]
    stale = [path for path, text in expected.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return [f"{path.name}: not what the models generate; run `make schemas`" for path in stale] + [
        f"{path.name}: no model has this type; bring the model back" for path in extra
    ]


class History:
    """The schemas as they were committed, read through git in the folder's repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git = shutil.which("git")

    def known(self, revision: str) -> bool:
        """Whether this revision can be read here."""
        return self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is not None

    def published(self, revision: str) -> dict[str, str]:
        """The schema files of a revision by name; none where the folder was not there yet."""
        listed = self._run("ls-tree", "--name-only", revision, "./") or ""
        names = [name for name in listed.splitlines() if name.endswith(".json")]
        return {name: self._run("show", f"{revision}:./{name}") or "" for name in names}

    def _run(self, *arguments: str) -> str | None:
        if self.git is None:
            return None
        command = [self.git, "-C", str(self.folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git itself, with arguments of this module
        return done.stdout if done.returncode == 0 else None


def main(arguments: Sequence[str], folder: Path = schemas.FOLDER) -> int:
    """Prints what is wrong and gives 1, or says what was compared and gives 0."""
    parser = argparse.ArgumentParser(prog="python -m entente_testkit.schema_gate", description=__doc__)
    parser.add_argument("--base", metavar="REF", help="the git revision to compare with (default: HEAD and the commit before it)")
    named = parser.parse_args(arguments).base
    current, history = schemas.schema_files(), History(folder)
    if named is not None and not history.known(named):
        sys.stderr.write(f"schema gate: no commit {named} here; name one that `git log` shows\n")
        return 2
    bases = [named] if named is not None else [revision for revision in ("HEAD", "HEAD~1") if history.known(revision)]
    found = not_written(folder, current)
    if folder == schemas.FOLDER and asyncapi.FILE.read_text(encoding="utf-8") != schemas.as_text(asyncapi.document()):
        found.append(f"{asyncapi.FILE.name}: not what the topics and events generate; run `make schemas`")
    broken = [line for base in bases for line in complaints(history.published(base), current, base)]
    found += [*broken, MEND] if broken else []
    for line in dict.fromkeys(found):
        sys.stderr.write(f"schema gate: {line}\n")
    if found:
        return 1
    sys.stdout.write(f"schema gate: {len(current)} event versions keep what was published ({', '.join(bases) or 'no history here'})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
