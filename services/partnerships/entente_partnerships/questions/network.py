"""Who is tied to whom on a day, as a graph."""

from collections import defaultdict

from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.agreements import NetworkAnswer, NetworkLink, NetworkNode
from entente_partnerships.projections import kept
from entente_partnerships.projections.who_belongs import BodySoFarRow
from entente_partnerships.projections.who_is_bound import Bound, BoundRow
from entente_partnerships.questions.moments import Moment, holding, known
from entente_partnerships.questions.pieces import titles
from entente_partnerships.states import name_of

A_PAIR = 2


def network(ask: Ask, moment: Moment) -> NetworkAnswer:
    """Parties as nodes; an agreement of two is part of the link between them, one of more is a node with a link to each of its parties."""
    by_agreement: dict[str, list[Bound]] = defaultdict(list)
    for row in ask.all(BoundRow, *holding(BoundRow, moment.on), *known(BoundRow, moment)):
        by_agreement[row.agreement].append(row)
    pairs: dict[tuple[str, str], list[Bound]] = defaultdict(list)
    links: list[NetworkLink] = []
    many = {agreement: rows for agreement, rows in by_agreement.items() if len(rows) != A_PAIR}
    for agreement, rows in by_agreement.items():
        if agreement in many:
            links += [NetworkLink(source=row.party, target=agreement, agreements=[agreement], gives=_gives([row])) for row in rows]
        else:
            first, second = sorted(row.party for row in rows)
            pairs[first, second] += rows
    links += [
        NetworkLink(source=a, target=b, agreements=sorted({row.agreement for row in rows}), gives=_gives(rows))
        for (a, b), rows in pairs.items()
    ]
    return NetworkAnswer(
        graph={"on": moment.on.isoformat(), "known_on": moment.known_on.isoformat()},
        nodes=_nodes(ask, {row.party for rows in by_agreement.values() for row in rows}, set(many)),
        links=sorted(links, key=lambda link: (link.source, link.target)),
    )


def _gives(rows: list[Bound]) -> list[str]:
    return sorted({provision.gives.value for row in rows for provision in kept.provisions(row.gives)})


def _nodes(ask: Ask, parties: set[str], agreements: set[str]) -> list[NetworkNode]:
    bodies = {row.body: row.name for row in ask.all(BodySoFarRow)}
    names = titles(ask, agreements)
    nodes = [
        NetworkNode(id=party, kind="body" if party in bodies else "state", name=bodies.get(party, name_of(party)))
        for party in sorted(parties)
    ]
    return nodes + [NetworkNode(id=agreement, kind="agreement", name=names[agreement]) for agreement in sorted(agreements)]
