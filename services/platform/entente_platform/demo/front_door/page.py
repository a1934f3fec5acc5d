"""The chapter in words."""

from entente_platform.command.chains import tree_of
from entente_platform.demo.front_door.playing import Played
from entente_platform.demo.words import Words

SHORT = 12
"""Characters of a digest that tell it apart here."""


class Page(Words):
    """Prints one part after the other."""

    def released(self, played: Played) -> None:
        """A refusal, its mend, its release."""
        self.heading("The front door: a refusal mended and released")
        self.say(f"a desk reports Egypt: {played.refused['reason']}: {played.refused['detail']}", 2)
        self.say(f"the right is added, and {played.refused['digest'][:SHORT]}... judged again: {played.released['outcome']}", 2)

    def rotated(self, played: Played) -> None:
        """A key changed over while events come in."""
        self.heading("A key rotated under way")
        for what, outcome in played.rotated:
            self.say(f"{what}: {outcome}", 2)

    def parked(self, played: Played) -> None:
        """A poisoned event, and what it holds up."""
        self.heading("A release with a fault: one event cannot be applied")
        for one in played.parked:
            self.say(
                f"{one['instance']} stands still at {one['stream']} {one['version']}, {one['waiting']} wait behind it: {one['cause']}", 2
            )
        self.say(f"all other streams flow: {played.flowed} observations of Egypt are counted", 2)

    def redriven(self, played: Played) -> None:
        """The fault mended, the events applied in order."""
        self.heading("The fault is mended, the platform runs again, and the events are redriven in order")
        self.say(f"a trial, undone again: {played.trial['applied']} would be applied, {played.trial['parked']} would stay", 2)
        self.say(f"for good: {played.redriven['applied']} applied, {played.redriven['parked']} left", 2)
        self.say(f"built anew from all events and compared with the live one: {played.rebuilt}", 2)

    def traced(self, played: Played) -> None:
        """Where the released event came from, and what came of it."""
        self.heading("Where the released event came from, and what came of it")
        self.out.print(tree_of(played.chain, played.events))
