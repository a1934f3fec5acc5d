"""`entente demo`: a month of the world and a year of a treaty, played through the whole platform."""

import io

from rich.console import Console
from rich.text import Text

from entente_platform.command.output import AsJson, console, print_json, told


@told
def demo(as_json: AsJson = False) -> None:
    """Play a month of the world and a year of a treaty through the platform, and tell what it makes of them; nothing is left behind.

    Example: entente demo
    """
    out = Console(file=io.StringIO(), width=100) if as_json else console()
    out.print(Text("Entente: October 2023, as foreign systems would have told it day by day", style="bold"))
    from entente_platform.demo.october.month import october
    from entente_platform.demo.story import tell

    result = tell(out, october())
    if as_json:
        print_json(result)
