"""The data folder: databases, tokens, and where the platform that runs on it can be reached."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One platform's folder. It belongs to one user; nobody else may look inside."""

    path: Path

    @property
    def tokens(self) -> Path:
        """The folder of the tokens, one file a role."""
        return self.path / "tokens"

    @property
    def journals(self) -> Path:
        """The folder of the publishing journals."""
        return self.path / "publishing"

    @property
    def lock(self) -> Path:
        """The file that a running platform holds locked."""
        return self.path / "platform.lock"

    def database(self, service: str) -> Path:
        """A service's SQLite file."""
        return self.path / f"{service}.sqlite"

    def make(self) -> None:
        """Makes the folder (0700); in one that was there, closes the databases to others."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for database in self.path.glob("*.sqlite*"):
            database.chmod(0o600)

    def url(self) -> str | None:
        """Where the platform listens; None where none was started or the last one stopped in order, and where services run each alone."""
        found = self._noted().get("url")
        return found if isinstance(found, str) else None

    def services(self) -> dict[str, str]:
        """Where each service listens that runs alone, by name; empty for a platform."""
        found = self._noted().get("services")
        return found if isinstance(found, dict) else {}

    def clients_tokens(self) -> Path:
        """The folder of the tokens that a client uses: this platform's own, or the one that services which run alone were given."""
        found = self._noted().get("tokens")
        return Path(found) if isinstance(found, str) else self.tokens

    def note_running(self, url: str) -> None:
        """Writes down where the platform listens, whole or not at all."""
        self._write({"url": url, "process": os.getpid()})

    def note_services(self, services: dict[str, str], tokens: Path) -> None:
        """Writes down where services listen that run alone, whole or not at all."""
        self._write({"services": services, "tokens": str(tokens.resolve())})

    def note_stopped(self) -> None:
        """Takes the note away."""
        self._note.unlink(missing_ok=True)

    def _noted(self) -> dict[str, Any]:
        try:
            found = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, note: dict[str, Any]) -> None:
        draft = self._note.with_suffix(".draft")
        draft.write_text(json.dumps(note) + "\n")
        draft.replace(self._note)

    @property
    def _note(self) -> Path:
        return self.path / "platform.json"
