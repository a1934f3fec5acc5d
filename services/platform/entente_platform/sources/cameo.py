"""CAMEO codes: on which side of conflict or cooperation each root lies (CAMEO codebook, quad classes)."""

from entente_contracts.events.observations import Kind

_LAST_ROOTS = (
    (5, Kind.VERBAL_COOPERATION),
    (8, Kind.MATERIAL_COOPERATION),
    (13, Kind.VERBAL_CONFLICT),
    (20, Kind.MATERIAL_CONFLICT),
)
"""The last root of each class."""


def kind_of(code: str) -> Kind | None:
    """The quad class of a code by its root, its first two digits; None for what is no code."""
    if not code[:2].isdecimal() or not 1 <= int(code[:2]) <= _LAST_ROOTS[-1][0]:
        return None
    return next(kind for last, kind in _LAST_ROOTS if int(code[:2]) <= last)
