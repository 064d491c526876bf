"""The statements that change and delete gathered rows, and those that count them and look for them again."""

from __future__ import annotations

from collections.abc import Sequence

from janji.connectors.dialects import TOKEN, Statement, Values
from janji.connectors.gathering import Writer
from janji.connectors.marking import KEPT, SHARED_KEPT, marked, refers
from janji.connectors.spellings import written
from janji.datamap.catalogue import Sort
from janji.datamap.meaning import Form
from janji.datamap.places import entry_of
from janji.erasure.steps import Assignment, Change, Clear, Delete, Filling, Gather, Hold, Known, Reach, Reason, Replaced
from janji.people.identifiers import KINDS, IdentifierKind

COUNTED, BY_REASON, CAME_BACK, UNCHANGED = range(4)
"""What a row of a look is about: rows of a person; rows by why they stay; what should be gone; what should hold something else."""


def chosen(writer: Writer, gather: Gather, condition: str) -> str:
    """The keys of gathered rows for which a condition over `k` holds, each once."""
    at = writer.gathered[gather.table]
    names = ", ".join([*writer.keys(gather), *([] if gather.key else ["k.n"])])
    return f"({writer.dialect.bounded(f'SELECT DISTINCT {names} FROM {at.relation} AS k WHERE {condition}', at.rows)})"


def delete(writer: Writer, action: Delete) -> Statement:
    """Delete the gathered rows that do not stay; leaf by leaf only those that no other of the table refers to."""
    gather = writer.gathers[action.table]
    match = writer.key_match(gather)
    if action.leafwise:
        for key in writer.table(action.table).foreign_keys:
            if key.table == action.table:
                tests = [f"{writer.field(name, 'x')} = {writer.field(target)}" for name, target in zip(key.columns, key.referred, strict=True)]
                other = f"NOT ({writer.same_key(gather, writer.key(gather, 'x'), writer.key(gather))})"
                inner = writer.dialect.again(writer.dialect.table(action.table))
                match += f" AND NOT EXISTS (SELECT 1 FROM {inner} AS x WHERE {' AND '.join([*tests, other])})"
    rows = chosen(writer, gather, "k.stay IS NULL")
    return Statement(writer.dialect.delete(writer.dialect.table(action.table), writer.key(gather), rows, match))


def delete_unreferred(writer: Writer, action: Delete) -> Statement:
    """Mark the gathered rows that others refer to and delete the rest by one statement; how many were marked, and how many went."""
    gather = writer.gathers[action.table]
    at, keys = writer.gathered[action.table].relation, writer.keys(gather)
    test = " OR ".join(refers(writer, gather, referring) for referring in action.referring)
    marking = f"UPDATE {at} AS q SET stay = '{Reason.REFERRED}' WHERE q.stay IS NULL AND ({test}) RETURNING {', '.join(writer.keys(gather, 'q'))}"
    same = writer.same_key(gather, writer.keys(gather, "r"), keys)
    rows = chosen(writer, gather, f"k.stay IS NULL AND NOT EXISTS (SELECT 1 FROM referred AS r WHERE {same})")
    going = writer.dialect.delete(writer.dialect.table(action.table), writer.key(gather), rows, writer.key_match(gather))
    return Statement(
        f"WITH referred AS ({marking}), gone AS ({going} RETURNING 1) SELECT (SELECT count(*) FROM referred), (SELECT count(*) FROM gone)"
    )


def clear(writer: Writer, action: Clear) -> Statement:
    """Set references to null in the rows that go."""
    gather = writer.gathers[action.table]
    sets = [(writer.dialect.quote(name), "NULL") for name in action.columns]
    rows = chosen(writer, gather, "k.stay IS NULL")
    return Statement(_updated(writer, gather, sets, rows))


def _updated(writer: Writer, gather: Gather, sets: Sequence[tuple[str, str]], rows: str, only: str = "") -> str:
    """A change of the rows of a table, of those alone where `only` holds; rows that have no key and move are followed to where they are then."""
    match = writer.key_match(gather) + (f" AND ({only})" if only else "")
    text = writer.dialect.update(writer.dialect.table(gather.table), sets, rows, match)
    return text if gather.key else writer.dialect.following(text, writer.gathered[gather.table].relation, writer.key(gather))


def change(writer: Writer, action: Change, token: str) -> Statement:
    """Assign columns of rows that stay."""
    gather, values = writer.gathers[action.table], Values()
    sets = [(writer.dialect.quote(item.column), becomes(writer, values, gather, item, token)) for item in action.assignments]
    rows = chosen(writer, gather, _meant(writer, values, action))
    wrong = [_replaceable(writer, values, gather, item) for item in action.assignments if item.replaced is not None]
    return Statement(_updated(writer, gather, sets, rows, " OR ".join(wrong)), values.held)


def followed(writer: Writer, action: Change | Clear, token: str) -> Statement | None:
    """Change gathered rows as their rows were, where all columns together are the key; elsewhere nothing is needed."""
    gather = writer.gathers[action.table]
    if gather.key or not writer.dialect.key_is_content:
        return None
    values, names = Values(), [column.name for column in writer.table(action.table).columns]
    if isinstance(action, Change):
        condition = _meant(writer, values, action)
        become = {item.column: becomes(writer, values, gather, item, token) for item in action.assignments}
    else:
        condition, become = "k.stay IS NULL", dict.fromkeys(action.columns, "NULL")
    sets = ", ".join(
        f"k.k{names.index(name)} = {value.replace(writer.field(name), f'k.k{names.index(name)}')}" for name, value in become.items()
    )
    return Statement(f"UPDATE {writer.gathered[action.table].relation} AS k SET {sets} WHERE {condition}", values.held)


def _meant(writer: Writer, values: Values, action: Change) -> str:
    """The condition over `k` that a change is about a row."""
    way = f" AND k.w{writer.shares(action.table).index(action.reach)} = 1" if action.reach is not None else ""
    if not action.reasons:
        return f"k.stay IS NULL{way}"
    tests = []
    for reason in action.reasons:
        if reason in (Reason.KEPT, Reason.SHARED_KEPT):
            before = KEPT if reason is Reason.KEPT else SHARED_KEPT
            tests += [f"k.stay = {values.hold('rule', before + rule)}" for rule in action.rules] or [f"k.stay LIKE '{before}%'"]
        else:
            tests.append(f"k.stay = '{reason}'")
    return f"({' OR '.join(tests)}){way}"


def staying(reasons: Sequence[Reason]) -> str:
    """The condition over `k` that a row stays for one of some reasons."""
    tests = [f"k.stay LIKE '{reason}:%'" if reason in (Reason.KEPT, Reason.SHARED_KEPT) else f"k.stay = '{reason}'" for reason in reasons]
    return f"({' OR '.join(tests)})"


def becomes(writer: Writer, values: Values, gather: Gather, item: Assignment, token: str) -> str:
    """What a column becomes, as an expression over `t` and `k`."""
    column = writer.column(gather.table, item.column)
    if item.filling is Filling.NULL:
        return "NULL"
    if item.filling is Filling.CONSTANT:
        return writer.dialect.constant(values.hold(f"constant {gather.table}.{item.column}", item.constant), column)
    if item.filling is Filling.YEAR:
        return writer.dialect.year(writer.field(item.column), column)
    if item.entries is not None:
        return _kept_entries(writer, values, gather, item, item.entries)
    if item.filling is Filling.PATHS:
        return writer.dialect.without_paths(writer.field(item.column), column, item.paths)
    if item.filling is Filling.ONLY:
        return writer.dialect.only_paths(writer.field(item.column), column, item.paths)
    if item.replaced is not None:
        there = _replaceable(writer, values, gather, item)
        right = writer.dialect.constant(values.hold(f"people_right {gather.table}.{item.column}", item.replaced.becomes), column)
        return f"CASE WHEN {there} THEN {right} ELSE {writer.field(item.column)} END"
    width = min(item.width or column.length or 32, 64)
    keys = writer.key(gather) if gather.key else ["k.n"]
    return writer.dialect.token(values.hold(TOKEN, f"{token}/{item.column}"), keys, column, width)


def _kept_entries(writer: Writer, values: Values, gather: Gather, item: Assignment, reach: Reach) -> str:
    """A document of `t` without the entries of the people, or with them without what stands at the paths of an assignment."""
    steps = entry_of(reach.path)[0]
    keys = [entry_of(path)[1] for path in item.paths]
    column = writer.column(gather.table, item.column)
    return writer.dialect.kept_entries(
        writer.field(item.column), column, steps, lambda entry: writer.theirs(values, gather.table, reach, entry), keys
    )


def _replaceable(writer: Writer, values: Values, gather: Gather, item: Assignment) -> str:
    """The condition that a column holds what is replaced: one of the values that are wrong, or nothing."""
    column, field = writer.column(gather.table, item.column), writer.field(item.column)
    replaced = item.replaced or Replaced("")
    if not replaced.was:
        return f"({field} IS NULL OR {field} = '')" if column.sort is Sort.TEXT else f"{field} IS NULL"
    held = written([Known(0, "", text) for text in replaced.was], column.sort, replaced.form)
    at = writer.at(gather.table, item.column)
    tests = [writer.dialect.matches(field, at, replaced.form, values.hold(f"people_wrong {gather.table}.{item.column}", value)) for _, value in held]
    return f"({' OR '.join(tests)})" if tests else "1 = 0"


# ------------------------------------------------------------------------------------------------------ looking again


def counted(writer: Writer) -> list[str]:
    """Looks at gathered rows: how many a person has in each table, and how many rows stay by reason."""
    found = []
    nothing = writer.dialect.text("NULL")
    for place, gather in enumerate(writer.plan.gathers):
        if gather.table not in writer.gathered:
            continue
        at, keys = writer.gathered[gather.table].relation, writer.keys(gather)
        found.append(f"SELECT {COUNTED} AS what, {place} AS place, k.person AS person, {nothing} AS why, count(*) AS number FROM {at} AS k GROUP BY k.person")
        if len(keys) == 1:
            found.append(f"SELECT {BY_REASON}, {place}, 0, k.stay, count(DISTINCT k.k0) FROM {at} AS k GROUP BY k.stay")
        else:
            rows = f"SELECT DISTINCT {', '.join(keys)}, k.stay FROM {at} AS k"
            found.append(f"SELECT {BY_REASON}, {place}, 0, k.stay, count(*) FROM ({rows}) AS k GROUP BY k.stay")
    return found


def came_back(writer: Writer, values: Values, everything: bool) -> list[str]:
    """Looks for rows that should be gone: those that a reach leads to now, and those that were gathered.

    A row that was deleted, and counted so, comes back by itself only where a trigger brings it; `everything` looks for all.
    """
    found = []
    for place, gather in enumerate(writer.plan.gathers):
        if gather.table not in writer.deletes:
            continue
        head = f"SELECT {CAME_BACK}, {place}, 0, {writer.dialect.text('NULL')}, count(*) FROM"
        if gather.table in writer.gathered and (everything or writer.table(gather.table).triggers):
            rows = chosen(writer, gather, "k.stay IS NULL")
            found.append(f"{head} {writer.beside(gather, rows)}")
        select = writer.gathering(values, gather)
        if select is None:
            continue
        keeps = next((mark.keeps for mark in writer.plan.marks if mark.table == gather.table), ())
        keys = ", ".join(writer.keys(gather, "n"))
        new = f"SELECT DISTINCT {keys} FROM ({marked(writer, values, gather, select, gather.shared, keeps)}) AS n"
        test = "n.stay IS NULL"
        if gather.table in writer.gathered:
            same = writer.same_key(gather, writer.keys(gather, "n"), writer.keys(gather, "q"))
            known = "" if everything or writer.table(gather.table).triggers else " WHERE k.stay IS NOT NULL"
            held = f"SELECT DISTINCT {', '.join(writer.keys(gather))}, 1 AS there FROM {writer.gathered[gather.table].relation} AS k{known}"
            new += f" LEFT JOIN ({held}) AS q ON {same}"
            test += " AND q.there IS NULL"
        new += f" WHERE {test}"
        found.append(f"{head} ({new}) AS k")
    return found


_AROUND = (" {}", "{} ", " {} ", "\t{}", "{}\t", "{}\n", "{}\r\n")
"""How an identifier mostly stands where somebody left space around it."""
_WRAPPED = ('"{}"', "'{}'", "<{}>", "mailto:{}")
"""How an address mostly stands where somebody put more than it alone."""


def spaced(writer: Writer, values: Values) -> list[str]:
    """Looks for rows that hold an identifier of the people with space around it, or an address with more, where the form of the map passes that by."""
    acted = {action.table for action in writer.plan.actions if not isinstance(action, Hold)}
    space = [form for form in _AROUND if not (writer.dialect.pads and form.endswith(" "))]
    padded, wrapped = (_around(writer, forms) for forms in (space, _WRAPPED))
    found = []
    for place, gather in enumerate(writer.plan.gathers):
        for reach in gather.reaches:
            plain = reach.source is None and (reach.owner or reach.listed) and reach.kind in KINDS and reach.form is not Form.DIGITS
            if not plain or gather.table not in acted or gather.due is not None or writer.looked_at(gather.table, reach)[1].column.sort is not Sort.TEXT:
                continue
            name = writer.dialect.text(values.hold("column", reach.columns[0]))
            odd = writer.dialect.oddities(writer.looked_at(gather.table, reach)[0])
            looks = [] if reach.form.trims else [(padded, odd[2])]
            looks += [(wrapped, odd[3])] if reach.kind == IdentifierKind.EMAIL else []
            for looking, test in looks:
                joins = looking.joins(values, gather, reach)
                found += [f"SELECT {UNCHANGED}, {place}, 0, {name}, count(*) FROM {joined} WHERE {test}" for joined in joins]
    return found


def _around(writer: Writer, forms: Sequence[str]) -> Writer:
    """What writes the same statements for people whose identifiers stand in some other forms."""
    around = [Known(known.person, known.kind, form.format(text)) for known in writer.people for text in (known.value, *known.spellings) for form in forms]
    return Writer(writer.dialect, writer.catalogue, writer.plan, around)


def astray(writer: Writer, values: Values) -> list[str]:
    """Looks for entries of the people in lists of rows that came meanwhile, and for their values where a list should be and is none."""
    acted = {action.table for action in writer.plan.actions if not isinstance(action, Hold)}
    found = []
    for place, gather in enumerate(writer.plan.gathers):
        if gather.table not in acted or gather.due is not None:
            continue
        for reach in gather.reaches:
            pairs = writer.pairs(reach, gather.table) if reach.listed else []
            if not pairs:
                continue
            column = writer.column(gather.table, reach.columns[0])
            name = writer.dialect.text(values.hold("column", column.name))
            head = f"SELECT {UNCHANGED}, {place}, 0, {name}, count(*) FROM"
            came = writer.within(values, gather.table, reach)
            if gather.table in writer.gathered:
                at = writer.gathered[gather.table]
                came += f" AND NOT EXISTS (SELECT 1 FROM {at.relation} AS k WHERE {writer.key_match(gather)})"
            found.append(f"{head} {writer.named(gather.table)} WHERE {came}")
            odd = writer.dialect.astray(writer.field(column.name), column, entry_of(reach.path)[0])
            people = writer.people_of(values, reach, gather.table, pairs)
            spoken = f"EXISTS (SELECT 1 FROM {people} AS s WHERE {writer.dialect.speaks_of(writer.field(column.name), 's.value')})"
            found.append(f"{head} {writer.named(gather.table)} WHERE {odd} AND {spoken}")
    return found


def unchanged(writer: Writer, values: Values, action: Change, token: str | None) -> list[str]:
    """Looks for columns that do not hold what they should after a change; without a `token` tokens are passed over."""
    gather = writer.gathers[action.table]
    if action.table not in writer.gathered:
        return []
    found = []
    place = writer.plan.gathers.index(gather)
    rows = chosen(writer, gather, _meant(writer, values, action))
    for item in action.assignments:
        if item.filling is Filling.TOKEN and token is None:
            continue
        field = writer.field(item.column)
        should = becomes(writer, values, gather, item, token or "")
        if item.entries is not None:
            wrong = writer.within(values, action.table, item.entries)
            name = writer.dialect.text(values.hold("column", item.column))
            found.append(f"SELECT {UNCHANGED}, {place}, 0, {name}, count(*) FROM {writer.beside(gather, rows)} WHERE {wrong}")
            continue
        wrong = f"{field} IS NOT NULL" if item.filling is Filling.NULL else writer.dialect.differs(field, writer.column(gather.table, item.column), should)
        name = writer.dialect.text(values.hold("column", item.column))
        found.append(f"SELECT {UNCHANGED}, {place}, 0, {name}, count(*) FROM {writer.beside(gather, rows)} WHERE {wrong}")
    return found


