"""How answers count."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 change, 2 changes."""
    return f"{number} {one if number == 1 else many or one + 's'}"
