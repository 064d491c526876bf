"""The Merkle tree, its tiles and its checkpoints: published vectors, a naive tree beside ours, and tampering."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from janji.errors import Corrupt, Invalid
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, read_note, read_verifier, sign, verifier_of
from janji.ledger.events import leaf_hash
from janji.ledger.merkle import (
    EMPTY,
    Range,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    root,
)
from janji.ledger.tiles import (
    consistency_from,
    edge,
    grown,
    inclusion_from,
    leaf_from,
    root_from,
    tiles_of_consistency,
    tiles_of_inclusion,
    tiles_of_root,
)

# The leaves, roots and proofs of the reference implementation of Certificate Transparency (RFC 6962).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS: list[tuple[int, int, list[str]]] = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
CONSISTENCIES: list[tuple[int, int, list[str]]] = [
    (1, 1, []),
    (1, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip

LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
MANY = [leaf_hash(str(number).encode()) for number in range(300)]
SIZES = st.integers(0, 300)


# The naive tree: RFC 9162 2.1 as it reads.
def naive_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:middle]) + naive_root(leaves[middle:])).digest()


def naive_path(position: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if position < middle:
        return [*naive_path(position, leaves[:middle]), naive_root(leaves[middle:])]
    return [*naive_path(position - middle, leaves[middle:]), naive_root(leaves[:middle])]


def naive_steps(old: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*naive_steps(old, leaves[:middle], whole), naive_root(leaves[middle:])]
    return [*naive_steps(old - middle, leaves[middle:], False), naive_root(leaves[:middle])]


def split(size: int) -> int:
    middle = 1
    while middle * 2 < size:
        middle *= 2
    return middle


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    """The roots over the published leaves are the published ones, however the leaves are appended."""
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]
    held = Range()
    for leaf in LEAVES[:size]:
        held = held.extended([leaf])
    assert held.root.hex() == ROOTS[size - 1]


def test_empty_root() -> None:
    """The root of nothing is the hash of nothing."""
    assert root([]) == Range().root == EMPTY == hashlib.sha256(b"").digest()


@pytest.mark.parametrize(("position", "size", "proof"), INCLUSIONS)
def test_published_inclusion_proofs(position: int, size: int, proof: list[str]) -> None:
    """The published inclusion proofs are made, and verify."""
    made = inclusion_proof(LEAVES[:size], position)
    assert [part.hex() for part in made] == proof
    assert included(LEAVES[position], position, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCIES)
def test_published_consistency_proofs(old: int, new: int, proof: list[str]) -> None:
    """The published consistency proofs are made, and verify."""
    made = consistency_proof(LEAVES[:new], old)
    assert [part.hex() for part in made] == proof
    assert consistent(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), made)


@pytest.mark.parametrize("size", range(301))
def test_every_root_equals_the_naive_one(size: int) -> None:
    """Every size up to 300 has the root of the naive tree, appended at once and in two pieces."""
    expected = naive_root(MANY[:size])
    assert root(MANY[:size]) == expected
    assert Range().extended(MANY[: size // 3]).extended(MANY[size // 3 : size]).root == expected


@given(size=st.integers(1, 300), data=st.data())
def test_inclusion_proofs_equal_the_naive_ones(size: int, data: st.DataObject) -> None:
    """A proof equals the naive one and verifies; changed in any part it does not."""
    position = data.draw(st.integers(0, size - 1))
    proof, expected = inclusion_proof(MANY[:size], position), naive_root(MANY[:size])
    assert list(proof) == naive_path(position, MANY[:size])
    assert included(MANY[position], position, size, proof, expected)
    other = hashlib.sha256(b"other").digest()
    assert not included(other, position, size, proof, expected)
    assert not included(MANY[position], position, size, proof, other)
    assert not included(MANY[position], position, size, (*proof, other), expected)
    assert not included(MANY[position], size, size, proof, expected)
    assert not included(MANY[position], -1, size, proof, expected)
    for index in range(len(proof)):
        assert not included(MANY[position], position, size, proof[:index] + proof[index + 1 :], expected)
        assert not included(MANY[position], position, size, replaced(proof, index), expected)
    wrong = data.draw(st.integers(0, size - 1).filter(lambda found: found != position)) if size > 1 else None
    assert wrong is None or not included(MANY[position], wrong, size, proof, expected)


@given(sizes=st.tuples(st.integers(1, 300), st.integers(1, 300)).map(sorted))
def test_consistency_proofs_equal_the_naive_ones(sizes: list[int]) -> None:
    """A consistency proof equals the naive one and verifies; changed in any part it does not."""
    old, new = sizes
    proof, before, after = consistency_proof(MANY[:new], old), naive_root(MANY[:old]), naive_root(MANY[:new])
    assert list(proof) == naive_steps(old, MANY[:new])
    assert consistent(old, new, before, after, proof)
    other = hashlib.sha256(b"other").digest()
    assert not consistent(old, new, other, after, proof)
    assert not consistent(old, new, before, other, proof)
    assert not consistent(old, new, before, after, (*proof, other))
    assert not consistent(new + 1, new, before, after, proof)
    for index in range(len(proof)):
        assert not consistent(old, new, before, after, proof[:index] + proof[index + 1 :])
        assert not consistent(old, new, before, after, replaced(proof, index))


def test_consistency_with_nothing() -> None:
    """Every tree goes on from the empty one, by no proof, and from no other tree of that size."""
    assert consistent(0, 8, EMPTY, bytes.fromhex(ROOTS[7]), ())
    assert not consistent(0, 8, bytes.fromhex(ROOTS[0]), bytes.fromhex(ROOTS[7]), ())
    assert not consistent(0, 8, EMPTY, bytes.fromhex(ROOTS[7]), (EMPTY,))
    assert not consistent(3, 8, bytes.fromhex(ROOTS[2]), bytes.fromhex(ROOTS[7]), ())
    assert not consistent(-1, 8, EMPTY, EMPTY, ())


def replaced(proof: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    flipped = bytes([proof[index][0] ^ 1]) + proof[index][1:]
    return (*proof[:index], flipped, *proof[index + 1 :])


LONG = [leaf_hash(b"%d" % number) for number in range(256 * 256 + 700)]


def growth(steps: Sequence[int]) -> dict[tuple[int, int], bytes]:
    """The tiles after appending in steps, only the edge handed back each time."""
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        tiles |= grown(size, {key: tiles[key] for key in edge(size)}, LONG[size : size + step])
        size += step
    return tiles


@given(steps=st.lists(st.integers(0, 700), max_size=8))
def test_tiles_do_not_depend_on_the_steps(steps: list[int]) -> None:
    """However the tree grew, its tiles are those of growing at once, and give the root."""
    size = sum(steps)
    tiles = growth(steps)
    assert tiles == growth([size])
    assert root_from(size, {key: tiles[key] for key in tiles_of_root(size)}) == root(LONG[:size])
    assert set(edge(size)) <= set(tiles)


TALL = growth([65_000, 1, 535, 700])


@given(old=st.integers(1, len(LONG) - 1), data=st.data())
def test_proofs_from_tiles(old: int, data: st.DataObject) -> None:
    """Tiles of a tree of three levels, which grew on since, give every proof from the tiles they ask for alone."""
    size = data.draw(st.integers(old, len(LONG) - 1) | st.sampled_from([65_536, 65_537, 65_792]))
    old = min(old, size)
    position = data.draw(st.integers(0, size - 1))
    only = {key: TALL[key] for key in tiles_of_inclusion(position, size)}
    head = root_from(size, {key: TALL[key] for key in tiles_of_root(size)})
    assert len(only) <= 6
    assert leaf_from(position, only) == LONG[position]
    assert included(LONG[position], position, size, inclusion_from(position, size, only), head)
    steps = consistency_from(old, size, {key: TALL[key] for key in tiles_of_consistency(old, size)})
    assert consistent(old, size, root_from(old, TALL), head, steps)


def test_tiles_that_cannot_be() -> None:
    """A tile that is missing, short or not whole hashes stops growth and proofs."""
    tiles = growth([300])
    for wrong in ({}, {**tiles, (0, 1): tiles[0, 1][:-32]}, {**tiles, (0, 1): tiles[0, 1] + b"x"}):
        with pytest.raises(Corrupt):
            grown(300, wrong, LONG[300:301])
    with pytest.raises(Corrupt):
        grown(300, {**tiles, (0, 1): tiles[0, 1] + tiles[0, 1][:32]}, LONG[300:301])
    with pytest.raises(Corrupt):
        root_from(300, {**tiles, (0, 1): tiles[0, 1][:-32]})
    with pytest.raises(Corrupt):
        inclusion_from(3, 300, {(0, 1): tiles[0, 1]})


# Notes. The example is that of the signed note specification (C2SP), as Go's golang.org/x/mod/sumdb/note tests have it.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ESSAY = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
    "PeterNeumann",
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
)
SEED = bytes(range(32))
HEAD = Checkpoint("ledger.example", 8, bytes.fromhex(ROOTS[7]))


def test_published_verifier_key() -> None:
    """The published verifier key is read and written as it stands."""
    verifier = read_verifier(PETER)
    assert (verifier.name, verifier.id.hex(), str(verifier)) == ("PeterNeumann", "c74f20a3", PETER)


def test_published_signature() -> None:
    """The published note's key id and signature fit its text and key."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, signature = ESSAY
    held, verifier = base64.b64decode(signature), read_verifier(PETER)
    assert held[:4] == verifier.id
    Ed25519PublicKey.from_public_bytes(verifier.key).verify(held[4:], text.encode())


def test_a_note_is_one_text() -> None:
    """A checkpoint signed twice is the same note, laid out as C2SP says, and opens again."""
    note = sign(HEAD, "ledger.example", SEED)
    assert note == sign(HEAD, "ledger.example", SEED)
    lines = note.split("\n")
    assert lines[:4] == ["ledger.example", "8", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ""]
    assert lines[4].startswith("\u2014 ledger.example ")
    assert lines[5:] == [""]
    assert open_note(note, verifier_of("ledger.example", SEED)) == HEAD
    more = replace(HEAD, extensions=("more", "and more"))
    assert open_note(sign(more, "l", SEED), verifier_of("l", SEED)) == more


def test_signatures_of_others() -> None:
    """Signatures of others are passed over; our own must be there, and every one of it must fit."""
    note, verifier = sign(HEAD, "a", SEED), verifier_of("a", SEED)
    other = sign(HEAD, "b", bytes(32))
    both = note + other.rpartition("\n\n")[2]
    assert open_note(both, verifier) == HEAD
    assert open_note(both, verifier_of("b", bytes(32))) == HEAD
    for wrong in (verifier_of("b", SEED), verifier_of("a", bytes(32)), Verifier("a", b"\xff" * 32)):
        with pytest.raises(Corrupt):
            open_note(note, wrong)
    forged = sign(replace(HEAD, size=9), "a", SEED).rpartition("\n\n")[2]
    with pytest.raises(Corrupt):
        open_note(note + forged, verifier)


NOTE = sign(HEAD, "ledger.example", SEED)
MALFORMED = [
    "", "\n", "\n\n", NOTE[:-1], NOTE + "\n", NOTE.replace("\n\n", "\n"), NOTE.replace("8\n", "08\n", 1),
    NOTE.replace("8\n", "-8\n", 1), NOTE.replace("8\n", "+8\n", 1), NOTE.replace("8\n", "\u0668\n", 1),
    NOTE.replace("8\n", "9" * 30 + "\n", 1), NOTE.replace("8\n", "8\r\n", 1), NOTE.replace("8\n", "8 \n", 1),
    NOTE.replace("ledger.example\n", "\n", 1), NOTE.replace("gQyg=", "gQyh=", 1), NOTE.replace("gQyg=", "gQyg", 1),
    NOTE.replace("XcnaeacG", "", 1), NOTE.replace("\u2014", "-"), NOTE.replace("\u2014 ", "\u2014"), "\t" + NOTE,
    NOTE.rpartition("\n\n")[0] + "\n\n", NOTE + "more\n", NOTE + "\u2014 x AAAA\n", NOTE + "\u2014 x+y AAAAAAAAAAA=\n",
    NOTE + "\u2014 x AAAAAAAAAAA\n", "a\n\n" + NOTE, "x" * 200_000, "ledger.example\n8\n\n" + NOTE.rpartition("\n\n")[2],
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_notes(text: str) -> None:
    """What is not exactly a signed checkpoint is refused as such."""
    with pytest.raises(Invalid):
        open_note(text, verifier_of("ledger.example", SEED))


@given(index=st.integers(0, len(NOTE) - 1), char=st.characters(max_codepoint=0x2100, exclude_categories=["Cs"]))
def test_a_changed_character_in_a_note(index: int, char: str) -> None:
    """A note in which any one character differs does not open."""
    changed = NOTE[:index] + char + NOTE[index + 1 :]
    if changed != NOTE:
        with pytest.raises((Invalid, Corrupt)):
            open_note(changed, verifier_of("ledger.example", SEED))


@given(text=st.text() | st.text(alphabet="a+0=\n \u2014"))
@example(text=NOTE)
@example(text=PETER)
def test_any_text_as_note_or_key(text: str) -> None:
    """Any text is read as what it says or refused, and nothing else happens."""
    with suppress(Invalid):
        assert text.startswith(read_note(text)[0].body)
    with suppress(Invalid):
        assert text == str(read_verifier(text))


@pytest.mark.parametrize("text", ["", "a", "a+b", PETER[:-1], PETER.replace("c7", "C7"), PETER.replace("Peter", "Pe er"),
                                  PETER.replace("+A", "+B"), PETER + "=", "+" + PETER])  # fmt: skip
def test_malformed_verifier_keys(text: str) -> None:
    """What is not exactly a verifier key is refused."""
    with pytest.raises(Invalid):
        read_verifier(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_names_that_cannot_sign(name: str) -> None:
    """A name that would break the line of a note signs nothing."""
    with pytest.raises(Invalid):
        sign(HEAD, name, SEED)
