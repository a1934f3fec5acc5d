"""`entente demo`: a month of the world, played through the whole platform."""

from entente_platform.command.output import AsJson, console, errors, print_json, told
from entente_platform.command.trouble import FAILED, Trouble


@told
def demo(as_json: AsJson = False) -> None:
    """Play October 2023 through the whole platform and tell what it makes of it; nothing is left behind."""
    console().print("Entente: October 2023, as foreign systems would have reported it", style="bold") if not as_json else None
