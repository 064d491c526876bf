"""Rows that would have to stay and could not be left as they should be: counted before, for nothing else would say it but the erasure that stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from janji.connectors.asks import Ask
from janji.connectors.dialects import Values
from janji.connectors.gathering import Writer
from janji.connectors.rings import is_ring
from janji.datamap.catalogue import OnDelete
from janji.erasure.steps import Change, Delete, Filling, Hold, Problem, Reason, Referring, Stop
from janji.erasure.telling import held_back

FOR_OTHERS = (Reason.FOUND, Reason.SHARED)
STAYS_FOR_OTHERS = f"k.stay IN ({', '.join(f'{str(reason)!r}' for reason in FOR_OTHERS)})"


def stopping(apart: Writer, kept: set[str]) -> Iterator[Ask]:
    """What would stop the erasure in tables of which no rule keeps rows: rows that stay for others, and rows that rows of others refer to."""
    references = _References(apart, kept)
    for action in apart.plan.actions:
        if not isinstance(action, Stop) or action.table in kept:
            continue
        if set(action.reasons) & set(FOR_OTHERS):
            yield _staying(apart, action)
        if Reason.REFERRED in action.reasons and references.telling(action.table):
            yield from (_referred(references, action, referring) for referring in references.to.get(action.table, ()))


def _staying(apart: Writer, action: Stop) -> Ask:
    def texts(_: Values, head: str) -> list[str]:
        there = apart.gathered.get(action.table)
        return [f"{head.format(apart.dialect.text('NULL'))} FROM {there.relation} AS k WHERE {STAYS_FOR_OTHERS}"] if there else []

    return Ask((action.table,), texts, lambda _, counts: Problem(action.table, action.message, action.help) if counts[0] else None)


def _referred(references: _References, action: Stop, referring: Referring) -> Ask:
    writer, table = references.writer, action.table

    def texts(_: Values, head: str) -> list[str]:
        if table not in writer.gathered:
            return []
        keys = ", ".join(writer.keys(writer.gathers[table], "k0"))
        held = f"SELECT DISTINCT {keys} FROM {writer.gathered[table].relation} AS k0 WHERE k0.stay IS NULL AND {references.stays(table, referring, 0)}"
        return [f"{head.format(writer.dialect.text('NULL'))} FROM ({held}) AS x"]

    return Ask(references.spoken_of(table), texts, lambda _, counts: held_back(action, referring, counts[0]) if counts[0] else None)


class _References:
    """Which references to gathered rows are left when everything else is done; where that cannot be told, none is said to be."""

    def __init__(self, writer: Writer, kept: set[str]) -> None:
        self.writer, self._kept = writer, kept
        self.to: dict[str, list[Referring]] = {}
        self._freed: set[tuple[str, str, Reason | None]] = set()
        for action in writer.plan.actions:
            if isinstance(action, Delete):
                self.to.setdefault(action.table, []).extend(action.referring)
            elif isinstance(action, Hold):
                for table, referring in action.pairs:
                    self.to.setdefault(table, []).append(referring)
            elif isinstance(action, Change):
                names = [item.column for item in action.assignments if item.filling is Filling.NULL]
                self._freed |= {(action.table, name, reason) for name in names for reason in action.reasons or (None,)}

    def telling(self, table: str) -> bool:
        """Whether it is known of the rows of a table for whom they stay: within a ring that is seen only as it runs."""
        return not any(is_ring(group) and any(gather.shared for gather in group) for group in self.writer.plan.rounds if table in {gather.table for gather in group})

    def spoken_of(self, table: str) -> tuple[str, ...]:
        """The gathered tables that refer to a table, also over others."""
        found, more = {table: None}, [table]
        while more:
            new = [item.table for item in self.to.get(more.pop(), ()) if item.table in self.writer.gathers and item.table not in found]
            found |= dict.fromkeys(new)
            more += new
        return tuple(found)

    def stays(self, table: str, referring: Referring, depth: int, seen: tuple[str, ...] = ()) -> str:
        """The condition over gathered rows `k<depth>` of a table that a row that stays refers to them."""
        writer, child, alias = self.writer, referring.table, f"t{depth + 1}"
        gather = writer.gathers.get(child)
        if gather is None and self._let_go(referring):
            return "1 = 0"
        match = [
            writer.dialect.linked(writer.field(name, alias), writer.at(child, name), f"k{depth}.{writer.held(table, target)}", writer.at(table, target))
            for name, target in zip(referring.columns, referring.referred, strict=True)
        ]  # fmt: skip
        if child == table:
            match.append(f"NOT ({writer.key_match(writer.gathers[table], alias, f'k{depth}')})")
        if gather is not None and child in writer.gathered:
            own = f"k{depth + 1}"
            goes = self._goes(referring, depth + 1, (*seen, table))
            there = f"SELECT 1 FROM {writer.gathered[child].relation} AS {own} WHERE {writer.key_match(gather, alias, own)} AND ({goes})"
            match.append(f"NOT EXISTS ({there})")
        return f"EXISTS (SELECT 1 FROM {writer.named(child, alias)} WHERE {' AND '.join(match)})"

    def _goes(self, referring: Referring, depth: int, seen: Sequence[str]) -> str:
        """The condition that a gathered row `k<depth>` refers no more: it is deleted, or its reference becomes null."""
        child, alias = referring.table, f"k{depth}"
        freed = [reason for reason in FOR_OTHERS if self._frees(referring, reason)]
        tests = [f"{alias}.stay = '{reason}'" for reason in freed]
        if child in self._kept or self._frees(referring, None):
            tests.append(f"{alias}.stay IS NULL")
        elif child in self.writer.deletes:
            holding = [] if child in seen or self._frees(referring, Reason.REFERRED) else self.to.get(child, [])
            unheld = "".join(f" AND NOT {self.stays(child, other, depth, tuple(seen))}" for other in holding)
            tests.append(f"({alias}.stay IS NULL{unheld})")
        return " OR ".join(tests) or "1 = 0"

    def _let_go(self, referring: Referring) -> bool:
        """Whether the database may take rows, or their reference, along with something else that goes before."""
        return any(
            key.on_delete is OnDelete.CASCADE or (key.on_delete in (OnDelete.SET_NULL, OnDelete.SET_DEFAULT) and set(key.columns) & set(referring.columns))
            for key in self.writer.table(referring.table).foreign_keys
        )

    def _frees(self, referring: Referring, reason: Reason | None) -> bool:
        return any((referring.table, name, reason) in self._freed for name in referring.columns)
