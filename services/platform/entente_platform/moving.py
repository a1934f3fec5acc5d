"""Moves the platform's services, one by one, from a data folder to databases of their own."""

from collections.abc import Callable, Iterator, Mapping

from entente_eventkit.moving import Moved, move
from entente_eventkit.storage.database import Database
from entente_platform.app import SERVICES
from entente_platform.folder import DataFolder
from entente_platform.running import address_in

__all__ = ["SERVICES", "move_all"]


def move_all(folder: DataFolder, addresses: Mapping[str, str], tell: Callable[[str, int, int], None]) -> Iterator[Moved]:
    """Moves each service to the address given for it; what one took along is given as soon as it is committed there.

    `tell` (service and table, rows done, of so many). Raises `CannotMove`; the services given before stay moved.
    """
    for service in SERVICES:
        source = Database(address_in(folder, service))
        try:
            target = Database(addresses[service.name])
            try:
                yield move(service, source, target, lambda table, done, of, name=service.name: tell(f"{name} {table}", done, of))  # type: ignore[misc]  # the default binds it now
            finally:
                target.close()
        finally:
            source.close()
