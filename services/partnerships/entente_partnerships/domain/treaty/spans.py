"""Spans of days with the steps that begin and end them, and how spans cut each other. `until` is the first day after; open: `FOREVER`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from entente_partnerships.domain.calendar import FOREVER


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to, and without, `until`; `because` and `ended_by` are the numbers of the steps that make it so."""

    first: date
    until: date = FOREVER
    because: tuple[int, ...] = ()
    ended_by: tuple[int, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.first <= day < self.until


def within(spans: Iterable[Span], windows: Sequence[Span]) -> list[Span]:
    """What of the spans lies within the windows; a piece that a window cuts takes over the window's reasons."""
    found: list[Span] = []
    for span in spans:
        for window in windows:
            first, until = max(span.first, window.first), min(span.until, window.until)
            if first < until:
                because = together(span.because, window.because)
                ended_by = _of_the_earlier(span, window)
                found.append(Span(first, until, because, ended_by))
    return sorted(found, key=lambda each: each.first)


def _of_the_earlier(span: Span, window: Span) -> tuple[int, ...]:
    if span.until == window.until:
        return together(span.ended_by, window.ended_by)
    return span.ended_by if span.until < window.until else window.ended_by


def without(spans: Iterable[Span], gaps: Sequence[Span]) -> list[Span]:
    """The spans without the days of the gaps. What a gap cuts ends by what began the gap, and begins again by what ended it."""
    left = list(spans)
    for gap in gaps:
        pieces: list[Span] = []
        for span in left:
            if span.until <= gap.first or gap.until <= span.first:
                pieces.append(span)
                continue
            if span.first < gap.first:
                pieces.append(replace(span, until=gap.first, ended_by=gap.because))
            if gap.until < span.until:
                pieces.append(replace(span, first=gap.until, because=together(span.because, gap.ended_by)))
        left = pieces
    return left


def shared(all_spans: Sequence[Sequence[Span]], fewest: int) -> list[Span]:
    """The windows in which at least `fewest` of the lists have a span. A window ends by what ended the spans that were too many to lose."""
    days = sorted({day for spans in all_spans for span in spans for day in (span.first, span.until)})
    windows: list[Span] = []
    for first, until in pairwise(days):
        if sum(any(span.holds(first) for span in spans) for spans in all_spans) < fewest:
            continue
        if windows and windows[-1].until == first:
            windows[-1] = replace(windows[-1], until=until)
        else:
            windows.append(Span(first, until))
    ended = [(window, [span for spans in all_spans for span in spans if span.until == window.until]) for window in windows]
    return [replace(window, ended_by=together(*(span.ended_by for span in last))) for window, last in ended]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap as one, in order."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.first, each.until)):
        if whole and span.first <= whole[-1].until:
            last = whole[-1]
            if span.until > last.until:
                whole[-1] = replace(last, until=span.until, ended_by=span.ended_by)
        else:
            whole.append(span)
    return whole


def together(*steps: Iterable[int]) -> tuple[int, ...]:
    """Numbers of steps, each once, in order."""
    return tuple(sorted({step for some in steps for step in some}))
