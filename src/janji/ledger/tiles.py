"""The tree kept as tiles (C2SP tlog-tiles): up to 256 hashes of every eighth level, enough for growth and for proofs.

Tile (level, index) holds the hashes of the nodes (8 * level, 256 * index and on), one behind another. Only whole
subtrees have a place in a tile, so that a tile only ever grows at its end and a later one serves an earlier size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from janji.errors import Corrupt
from janji.ledger.merkle import Node, Span, consistency_spans, hashes_of, inclusion_spans, nodes, root
from janji.terms.messages import N_, say

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32

TileKey = tuple[int, int]
"""Level and index of a tile."""
Tiles = Mapping[TileKey, bytes]
"""The hashes of tiles, one behind another."""


def edge(size: int) -> tuple[TileKey, ...]:
    """The tiles of a tree of `size` that are not full: what growing it begins with."""
    found, level, held = [], 0, size
    while held:
        if held % WIDTH:
            found.append((level, held // WIDTH))
        held, level = held // WIDTH, level + 1
    return tuple(found)


def grown(size: int, held: Tiles, leaves: Sequence[bytes]) -> dict[TileKey, bytes]:
    """The tiles that these leaf hashes behind a tree of `size` make or make longer, whole; `held` has the edge.

    Raises `Corrupt` when a tile of the edge is missing or not as long as the size tells.
    """
    changed: dict[TileKey, bytes] = {}
    row, level, before = list(leaves), 0, size
    while row:
        index, filled = divmod(before, WIDTH)
        data = (_tile(held, (level, index), filled) if filled else b"") + b"".join(row)
        row = []
        for start in range(0, len(data), WIDTH * HASH):
            tile = data[start : start + WIDTH * HASH]
            changed[level, index + start // (WIDTH * HASH)] = tile
            if len(tile) == WIDTH * HASH:
                row.append(root(_hashes(tile)))
        before, level = before // WIDTH, level + 1
    return changed


def tiles_of_root(size: int) -> frozenset[TileKey]:
    """The tiles that the root of a tree of `size` is worked out from."""
    return _tiles_of(((0, size),))


def root_from(size: int, tiles: Tiles) -> bytes:
    """The root of the tree of `size`; raises `Corrupt` when a tile is missing or short."""
    return hashes_of(((0, size),), reader(tiles))[0]


def tiles_of_inclusion(position: int, size: int) -> frozenset[TileKey]:
    """The tiles that an inclusion proof is made from; the tile of the leaf itself is among them."""
    return _tiles_of((*inclusion_spans(position, size), (position, position + 1)))


def inclusion_from(position: int, size: int, tiles: Tiles) -> tuple[bytes, ...]:
    """The inclusion proof of a position in a tree of `size`; raises `Corrupt` when a tile is missing or short."""
    return hashes_of(inclusion_spans(position, size), reader(tiles))


def tiles_of_consistency(old: int, new: int) -> frozenset[TileKey]:
    """The tiles that a consistency proof is made from."""
    return _tiles_of(consistency_spans(old, new))


def consistency_from(old: int, new: int, tiles: Tiles) -> tuple[bytes, ...]:
    """The consistency proof between two sizes; raises `Corrupt` when a tile is missing or short."""
    return hashes_of(consistency_spans(old, new), reader(tiles))


def leaf_from(position: int, tiles: Tiles) -> bytes:
    """The leaf hash at a position; raises `Corrupt` when its tile is missing or short."""
    return reader(tiles)((0, position))


def reader(tiles: Tiles) -> Callable[[Node], bytes]:
    """What reads the hash of any node out of tiles; it raises `Corrupt` when a tile is missing or short."""

    def read(node: Node) -> bytes:
        key, first, count = _place(node)
        data = _tile(tiles, key, first + count, exactly=False)
        return root(_hashes(data[first * HASH : (first + count) * HASH]))

    return read


def _tiles_of(spans: Iterable[Span]) -> frozenset[TileKey]:
    return frozenset(_place(node)[0] for span in spans for node in nodes(span))


def _place(node: Node) -> tuple[TileKey, int, int]:
    """The tile that holds a node's hash, or those below it: its key, the first of them, how many."""
    level, number = node
    tile_level, above = divmod(level, HEIGHT)
    index, first = divmod(number << above, WIDTH)
    return (tile_level, index), first, 1 << above


def _tile(tiles: Tiles, key: TileKey, filled: int, exactly: bool = True) -> bytes:
    data = tiles.get(key, b"")
    if len(data) % HASH or len(data) < filled * HASH or (exactly and len(data) != filled * HASH):
        raise Corrupt(
            say(N_("a tile of the ledger's tree is missing or has the wrong length (level {level}, index {index})"),
                level=key[0], index=key[1]),
            say(N_("run `janji ledger audit --live`")),
        )  # fmt: skip
    return data


def _hashes(data: bytes) -> list[bytes]:
    return [data[start : start + HASH] for start in range(0, len(data), HASH)]
