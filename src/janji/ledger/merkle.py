"""The Merkle tree of RFC 9162 section 2: roots, inclusion proofs and consistency proofs, made and verified.

A *node* is a pair (level, number): the perfect subtree over the 2**level leaves from number * 2**level on. A *span* is a
pair (first, end) of leaves whose root a proof holds; it is the fold of the nodes that it falls into.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Node = tuple[int, int]
Span = tuple[int, int]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees: SHA-256 of `0x01` and both hashes (32 bytes)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """The first `size` leaves as the perfect subtrees they fall into, largest first: all that appending needs."""

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    def extended(self, leaves: Sequence[bytes]) -> Range:
        """The range with these leaf hashes (32 bytes each) behind it."""
        row, held, kept = list(leaves), list(self.subtrees), []
        size, level = self.size + len(row), 0
        while row or held:
            if self.size >> level & 1:
                row.insert(0, held.pop())
            if len(row) & 1:
                kept.append(row.pop())
            row, level = paired(row), level + 1
        return Range(size, tuple(reversed(kept)))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of the leaves (RFC 9162 2.1.1)."""
        return fold(self.subtrees)


def paired(row: Sequence[bytes]) -> list[bytes]:
    """The hashes of the level above an even number of hashes."""
    sha256 = hashlib.sha256
    each = iter(row)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)]


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over subtrees that lie side by side, each at most as large as the one to its left."""
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes)) if hashes else EMPTY


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of leaf hashes (RFC 9162 2.1.1)."""
    return Range().extended(leaves).root


def nodes(span: Span) -> tuple[Node, ...]:
    """The perfect subtrees that a span of a proof falls into, from left to right."""
    first, end = span
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return tuple(found)


def inclusion_spans(position: int, size: int) -> tuple[Span, ...]:
    """What an inclusion proof is the hashes of, nearest to the leaf first (RFC 9162 2.1.3.1); `position` < `size`."""
    first, end, found = 0, size, []
    while end - first > 1:
        middle = first + _split(end - first)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((first, middle))
            first = middle
    return tuple(reversed(found))


def consistency_spans(old: int, new: int) -> tuple[Span, ...]:
    """What a consistency proof is the hashes of (RFC 9162 2.1.4.1); `old` <= `new`, nothing when one is no step."""
    if old in (0, new):
        return ()
    first, end, found, whole = 0, new, [], True
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((first, middle))
            first, whole = middle, False
    if not whole:
        found.append((first, end))
    return tuple(reversed(found))


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def hashes_of(spans: Sequence[Span], hash_of: Callable[[Node], bytes]) -> tuple[bytes, ...]:
    """The hashes of spans: a proof, when `hash_of` knows the nodes."""
    return tuple(fold([hash_of(node) for node in nodes(span)]) for span in spans)


def inclusion_proof(leaves: Sequence[bytes], position: int) -> tuple[bytes, ...]:
    """The inclusion proof of one of these leaf hashes, from all of them."""
    return tuple(root(leaves[first:end]) for first, end in inclusion_spans(position, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """The proof that the first `old` of these leaf hashes are a prefix of them, from all of them."""
    return tuple(root(leaves[first:end]) for first, end in consistency_spans(old, len(leaves)))


def included(leaf: bytes, position: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof leads from the leaf hash at `position` to the root of a tree of `size` (RFC 9162 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    number, last, found = position, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(part, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, part)
        number, last = number >> 1, last >> 1
    return last == 0 and found == expected


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the tree of size `old` to be the beginning of that of size `new` (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(part, before), node_hash(part, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, part)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
