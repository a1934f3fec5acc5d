"""The `entente` command with a fault planted in one fold, as a bad release would have it."""

from entente_contracts.events.observations import ObservationReported, ObservationRevised
from entente_contracts.recorded import Recorded
from entente_eventkit.projecting.rows import Rows
from entente_platform.command import main
from entente_stability.projections import observed

POISON = "reading-5"
"""The source's own id of the observation that the faulty code cannot fold."""


def plant() -> None:
    """From now on the fold of observations stumbles over one of them."""
    sound = observed._replace

    def stumbling(rows: Rows, event: Recorded[ObservationReported | ObservationRevised]) -> None:
        if event.data.observation == POISON:
            raise ValueError("a fault of this release: it takes the comma in a place for the end of it")
        sound(rows, event)

    observed._replace = stumbling  # type: ignore[assignment] # a fault is planted


if __name__ == "__main__":
    plant()
    main()
