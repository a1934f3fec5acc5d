"""How the chapters put words on a page."""

import textwrap

from rich.console import Console
from rich.text import Text


class Words:
    """Headings and paragraphs, no wider than the console."""

    def __init__(self, out: Console) -> None:
        self.out = out

    def heading(self, text: str) -> None:
        """A heading with a blank line before it."""
        self.out.print()
        self.out.print(Text(text, style="bold"))

    def say(self, text: str, indent: int = 0) -> None:
        """A paragraph."""
        self.hanging(text, " " * indent)

    def hanging(self, text: str, indent: str, first: str | None = None) -> None:
        """A paragraph whose first line begins otherwise."""
        wrapped = textwrap.wrap(text, self.out.width - 1, initial_indent=indent if first is None else first, subsequent_indent=indent)
        for line in wrapped:
            self.out.print(Text(line), soft_wrap=True)
