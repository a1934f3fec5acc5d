"""Runs this service alone: `python -m entente_stability.service`."""

import sys

from entente_eventkit import alone
from entente_eventkit.shell.settings import Settings
from entente_stability.app import stability


class StabilitySettings(Settings):
    """What `ENTENTE_STABILITY_...` says. Alone, `bootstrap` and `tokens_file` must be given too."""


def main() -> int:
    """Serves until it is told to stop, or does what its first argument says; gives the exit code."""
    return alone.main(stability, StabilitySettings)


if __name__ == "__main__":
    sys.exit(main())
