"""Runs the one service that is named, as its own module would: `python -m entente_platform.one gateway`, `... gateway migrate`.

The entry point of the image that holds every service; what follows the name goes to the service.
"""

import runpy
import signal
import sys
from importlib.util import find_spec


def main() -> None:
    """Runs the service until it ends; exits with 2 where there is none of that name."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    module = f"entente_{asked}.service"
    if not asked.isidentifier() or find_spec(f"entente_{asked}") is None or find_spec(module) is None:
        sys.exit(_which(asked))
    # The first process of a container ignores a signal that it has no handler for: a start that waits could not be stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.argv = [module, *sys.argv[2:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _which(asked: str) -> int:
    from entente_platform.app import SERVICES  # noqa: PLC0415 - imports every service, which one that starts must not wait for

    known = ", ".join(service.name for service in SERVICES)
    sys.stderr.write(f"there is no service '{asked}'; name one of {known}, and `migrate` after it to bring its database up to date\n")
    return 2


if __name__ == "__main__":
    main()
