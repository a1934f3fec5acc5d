"""Makes the secret files that docker-compose.yml mounts, each readable by the one container user who needs it, and keeps those there are.

`python -m entente_platform.issuing FOLDER UID:GID`, as one who may change owners; `UID:GID`: the operator, who gets the access tokens.
"""

import os
import secrets
import sys
from pathlib import Path

from entente_backing.kafka import certificates
from entente_backing.kafka.credentials import Credentials
from entente_backing.kafka.settings import ADMIN, NODE
from entente_eventkit.shell.tokens import make_tokens
from entente_platform.app import SERVICES

SERVICES_USER = 10001
"""The user of the services' image."""
POSTGRES_USER = 999
"""The user of the PostgreSQL image."""
KAFKA_USER = 1000
"""The user of the Kafka image."""
PROMETHEUS_USER = 65534
"""The user of the Prometheus image."""
SCRAPER = "monitor"
"""The role that Prometheus reads metrics in."""
BROKER = "kafka"
"""The name of the broker among the containers."""


def issue(folder: Path, operator: tuple[int, int]) -> None:
    """Below `folder` (0700, the operator's): `postgres/` and `provision/` with the superuser's password, `credentials/<service>/` with the
    service's, `tokens/` as the services read them, `operator/` a data folder for the `entente` command, `prometheus/` its token.

    For a secured Kafka: `authority/` which signs (the operator's, no container's), `kafka/` what the broker is told, and
    `kafka-clients/<principal>/` the credentials of each service and of the administrator. The broker's certificate is made anew every time.
    """
    password = _kept(folder / "postgres" / "superuser_password")
    _copied(password, folder / "provision" / "superuser_password")
    for service in SERVICES:
        _kept(folder / "credentials" / service.name / "database_password")
    make_tokens(folder / "tokens")
    for token in sorted((folder / "tokens").glob("*.token")):
        _copied(token, folder / "operator" / "tokens" / token.name)
    _copied(folder / "tokens" / f"{SCRAPER}.token", folder / "prometheus" / "token")
    _secure_kafka(folder)
    _own(folder, *operator)
    for part in ("provision", "credentials", "tokens", "kafka-clients"):
        _own_all(folder / part, SERVICES_USER, SERVICES_USER)
    _own_all(folder / "postgres", POSTGRES_USER, POSTGRES_USER)
    _own_all(folder / "prometheus", PROMETHEUS_USER, PROMETHEUS_USER)
    _own_all(folder / "kafka", KAFKA_USER, KAFKA_USER)
    _own_all(folder / "operator", *operator)
    _own_all(folder / "authority", *operator)


def _secure_kafka(folder: Path) -> None:
    authority = certificates.settle(folder / "authority", NODE, [BROKER])
    for part in ("node.pem", "ca.pem"):
        _copied(folder / "authority" / part, folder / "kafka" / part)
    (folder / "authority" / "node.pem").unlink()
    clients = {name: Credentials.settle(folder / "kafka-clients" / name, name, authority) for name in (ADMIN, *(s.name for s in SERVICES))}
    _write(folder / "kafka" / "administrator", clients[ADMIN].for_formatting().decode())


def _kept(path: Path) -> Path:
    if not path.exists():
        _write(path, secrets.token_urlsafe(32))
    return path


def _copied(source: Path, to: Path) -> None:
    _write(to, source.read_text("ascii"))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content)
    draft.replace(path)


def _own_all(folder: Path, user: int, group: int) -> None:
    for path in (folder, *folder.rglob("*")):
        _own(path, user, group)


def _own(path: Path, user: int, group: int) -> None:
    os.chown(path, user, group)
    path.chmod(0o700 if path.is_dir() else 0o600)


def main() -> int:
    """Issues into the folder that is named and says where the operator's part is."""
    folder, user, group = Path(sys.argv[1]), *(int(one) for one in sys.argv[2].split(":"))
    issue(folder, (user, group))
    sys.stdout.write("the secret files are there; the operator's access tokens are in operator/tokens\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
