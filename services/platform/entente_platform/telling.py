"""Scores and their reasons in words and tables, for the command and the demonstration."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def points(thousandths: int) -> str:
    """Stability in points of 100."""
    return f"{thousandths / 1000:.1f}"


def explanation(why: Mapping[str, Any], *, most: int) -> RenderableType:
    """Each term of a score with the observations that have the largest shares in it."""
    parts: list[RenderableType] = [
        Text(f"z = {why['z']:+,} thousandths is the sum of these terms; stability = 100 * (1 - sigmoid(z / 1000)):")
    ]
    silent = [term["name"] for term in why["terms"] if not term["thousandths"]]
    for term in why["terms"]:
        if not term["thousandths"]:
            continue
        parts.append(Text(f"\n{term['thousandths']:+7,}  {term['name']}: {term['meaning']}"))
        if term["observations"]:
            parts.append(_evidence(term["observations"][:most]))
        rest = term["observations"][most:]
        others = len(rest) + term["others"]["observations"]
        if others:
            share = sum(one["share_thousandths"] for one in rest) + term["others"]["share_thousandths"]
            parts.append(Text(f"         {share:+,} from {others} more observations"))
    if silent:
        parts.append(Text(f"\n      0  {', '.join(silent)}: nothing observed"))
    if why["not_counted_in_all"]:
        parts.append(Text(f"\n{why['not_counted_in_all']} reports were not counted: {why['one_source_rule']}"))
    return Group(*parts)


def _evidence(observations: Sequence[Mapping[str, Any]]) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    made.add_column("share", justify="right", min_width=7)
    made.add_column("day", min_width=10)
    made.add_column("deaths", justify="right")
    made.add_column("what, who, where", ratio=1)
    made.add_column("the sender's event", overflow="fold")
    for one in observations:
        where = f", {one['place']}" if one["place"] else ""
        killed = str(one["deaths_best"]) if one["deaths_best"] is not None else "-"
        made.add_row(
            f"{one['share_thousandths']:+,}",
            str(one["last"]),
            killed,
            Text(f"{one['title']}: {one['who']}{where}"),
            Text(f"{one['source']} {one['observation']}"),
        )
    return made
