"""Runs this service alone: `python -m entente_partnerships.service`."""

import sys

from entente_eventkit import alone
from entente_eventkit.shell.settings import Settings
from entente_partnerships.app import partnerships


class PartnershipsSettings(Settings):
    """What `ENTENTE_PARTNERSHIPS_...` says. Alone, `bootstrap` and `tokens_file` must be given too."""


def main() -> int:
    """Serves until it is told to stop, or does what its first argument says; gives the exit code."""
    return alone.main(partnerships, PartnershipsSettings)


if __name__ == "__main__":
    sys.exit(main())
