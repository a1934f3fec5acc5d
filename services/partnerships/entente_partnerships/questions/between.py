"""What binds two parties to each other on a day: agreement by agreement, provision by provision, and by which steps."""

from collections.abc import Sequence

from entente_contracts.events.partnerships.bindings import Ground
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.agreements import BetweenItem, GivenAnswer
from entente_partnerships.answers.common import grounds_answer
from entente_partnerships.domain.telling import Piece
from entente_partnerships.domain.treaty.gives import between as given_between
from entente_partnerships.questions import pieces
from entente_partnerships.questions.lives import known_life
from entente_partnerships.questions.moments import Moment


def between(ask: Ask, a: str, b: str, moment: Moment) -> list[BetweenItem]:
    """Every agreement that binds both on the day, by id.

    Two who are bound through the same body and not by acts of their own are bound to the others, not to each other.
    """
    of_a, of_b = pieces.of_party(ask, a, moment), pieces.of_party(ask, b, moment)
    names = pieces.titles(ask, set(of_a) & set(of_b))
    found = (_item(ask, agreement, names[agreement], (a, of_a[agreement]), (b, of_b[agreement]), moment) for agreement in sorted(names))
    return [item for item in found if item is not None]


Side = tuple[str, Sequence[Piece]]


def _item(ask: Ask, agreement: str, title: str, a: Side, b: Side, moment: Moment) -> BetweenItem | None:
    piece_a, piece_b = _on_the_day(a, moment), _on_the_day(b, moment)
    if piece_a is None or piece_b is None:
        return None
    as_a, as_b = piece_a.through or a[0], piece_b.through or b[0]
    known = known_life(ask, agreement, moment)
    given = None if known is None or as_a == as_b else given_between(known.life, as_a, as_b, moment.on)
    if known is None or given is None:
        return None
    through = [ground for piece in (piece_a, piece_b) if piece.through is not None for ground in piece.why]
    return BetweenItem(
        agreement=agreement,
        title=title,
        a_through=piece_a.through,
        b_through=piece_b.through,
        relations=given.relations,
        gives=[
            GivenAnswer(provision=provision, holds=holds.value, because=grounds_answer(known.grounds(steps)))
            for provision, holds, steps in given.gives
        ],
        why=grounds_answer(_once([*known.grounds(given.because), *through])),
    )


def _on_the_day(side: Side, moment: Moment) -> Piece | None:
    now = [piece for piece in side[1] if piece.first <= moment.on < piece.until]
    return min(now, key=lambda piece: piece.through or "", default=None)


def _once(grounds: Sequence[Ground]) -> list[Ground]:
    unique = {ground.event: ground for ground in grounds}
    return sorted(unique.values(), key=lambda ground: ground.on)
