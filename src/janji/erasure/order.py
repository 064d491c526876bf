"""What comes before what: rounds of a search, deletes that foreign keys allow, systems that lead to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from janji.datamap.meaning import SystemMeaning

Graph = Mapping[str, Iterable[str]]
"""To each node those that come before it; what is no node itself is passed over."""


def rounds(nodes: Sequence[str], before: Graph) -> tuple[tuple[str, ...], ...]:
    """The nodes in groups: what comes before comes earlier, and those that come before each other are one group.

    Tarjan's strongly connected components (1972), without recursion; the order of `nodes` decides where nothing else does.
    """
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    on: set[str] = set()
    known = set(nodes)
    place = {node: at for at, node in enumerate(nodes)}
    groups: list[tuple[str, ...]] = []
    edges = {node: [other for other in dict.fromkeys(before.get(node, ())) if other in known] for node in nodes}
    for root in nodes:
        if root in number:
            continue
        work = [(root, iter(edges[root]))]
        number[root] = low[root] = len(number)
        open_nodes.append(root)
        on.add(root)
        while work:
            node, rest = work[-1]
            step = next(rest, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    groups.append(_closed(node, open_nodes, on, place))
            elif step not in number:
                number[step] = low[step] = len(number)
                open_nodes.append(step)
                on.add(step)
                work.append((step, iter(edges[step])))
            elif step in on:
                low[node] = min(low[node], number[step])
    return tuple(groups)


def _closed(node: str, open_nodes: list[str], on: set[str], place: Mapping[str, int]) -> tuple[str, ...]:
    at = open_nodes.index(node)
    group = open_nodes[at:]
    del open_nodes[at:]
    on.difference_update(group)
    return tuple(sorted(group, key=lambda name: place[name]))


def ring_of(nodes: Sequence[str], before: Graph) -> tuple[str, ...]:
    """A ring among the nodes: each comes before the one that stands left of it, and the first before the last; or nothing."""
    for group in rounds(nodes, before):
        if len(group) == 1:
            continue
        inside = set(group)
        path = [group[0]]
        while True:
            step = next(other for other in before[path[-1]] if other in inside and other != path[-1])
            if step in path:
                return tuple(path[path.index(step) :])
            path.append(step)
    return ()


def order_systems(systems: Sequence[SystemMeaning]) -> tuple[tuple[str, ...], ...]:
    """The systems in the order of a search; those that lead to each other are one group, repeated until nothing is new."""
    before = {
        system.system: [
            link.to.partition("/")[0] for table in system.tables.values() for link in table.links if link.abroad
        ]
        for system in systems
    }
    return rounds([system.system for system in systems], before)
