"""Lines of large files, read in blocks."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from janji.files.reading import lines_of, read_blocks


@given(data=st.lists(st.sampled_from([b"a", b"bcd", b"\n", b"\r", b"\x0b", b"\n\n", b"e" * 9])).map(b"".join), longest=st.integers(1, 8), together=st.integers(1, 30))
def test_nothing_is_lost_and_only_a_line_end_ends_a_line(data: bytes, longest: int, together: int) -> None:
    """Lines are those of the file, and one that is too long comes in pieces, whatever the blocks."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        path.write_bytes(data)
        blocks = list(read_blocks(path, longest, together))
    lines = [line for block in blocks for line in lines_of(block, longest)]
    assert b"".join(lines) == data
    assert all(0 < len(line) <= longest and b"\n" not in line[:-1] for line in lines)
    assert max(map(len, blocks), default=0) <= together + longest
    if max(map(len, data.split(b"\n"))) < longest:
        assert lines == [line + b"\n" for line in data.split(b"\n")[:-1]] + [line for line in data.split(b"\n")[-1:] if line]
