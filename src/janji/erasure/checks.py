"""What is said of a plan before anything is done: why it cannot be carried out, and what becomes of each table and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from janji.datamap.catalogue import Catalogue, Kind, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import NONE, Identifier, KeepRule, Link, SystemMeaning, TableMeaning, Verdict
from janji.datamap.places import listed, spot_in
from janji.erasure.changes import personal_columns
from janji.erasure.keeping import ring_of_followers, ways_between
from janji.erasure.search import HELD, lookable, openable
from janji.erasure.steps import Action, Change, Fate, Gather, Problem, Reason
from janji.terms.messages import N_, Message, say

_TOGETHER = 4
"""Keep-rules with columns of their own that one table can have: each subset of them is a mark."""
_MOMENTS = (Sort.DATE, Sort.INSTANT)


def checked(
    catalogue: Catalogue, meaning: SystemMeaning, groups: Sequence[Sequence[Gather]], purpose: str
) -> tuple[Problem, ...]:
    """Everything that speaks against the plan: form that is not as reviewed, names that are not there, rows nobody leads to."""
    gathered = [gather.table for group in groups for gather in group]
    made = list(_unreached(catalogue, meaning, frozenset(gathered)))
    for name, said in meaning.tables.items():
        table = catalogue.tables.get(name)
        if table is None:
            made.append(_missing(name))
            continue
        made += _names(catalogue, meaning, table, said)
        if said.reviewed != fingerprint(table) and (name in gathered or said.personal):
            made.append(_drifted(name, said))
    if purpose != "access":
        for name in gathered:
            made += _verdicts(catalogue, meaning, name, gathered)
            made += _closed(catalogue, meaning, name)
        made += _listed(catalogue, meaning, gathered)
        ring = ring_of_followers(meaning, gathered)
        if ring:
            made.append(
                _problem(
                    ring[0],
                    say(N_("keep-rules of {tables} follow each other in a ring"), tables=_named(ring)),
                    N_("let one of them keep by a column: `since` or `until`"),
                )
            )
    return tuple(dict.fromkeys(made))


def _problem(table: str, message: Message, help: str) -> Problem:
    return Problem(table, message, say(help))


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _missing(name: str) -> Problem:
    return _problem(
        name,
        say(N_("the table `{table}` is not in the store"), table=name),
        N_("scan the system again and take the table out of its map, or give it its new name"),
    )


def _drifted(name: str, said: TableMeaning) -> Problem:
    message = (
        N_("the form of `{table}` changed since somebody reviewed it")
        if said.reviewed
        else N_("nobody has reviewed `{table}`")
    )
    return _problem(
        name, say(message, table=name), N_("see what changed with `janji map diff`, then `janji map review`")
    )


def _unreached(catalogue: Catalogue, meaning: SystemMeaning, gathered: frozenset[str]) -> Iterator[Problem]:
    for name, said in meaning.tables.items():
        table = catalogue.tables.get(name)
        if (
            table is not None
            and table.kind in HELD
            and name not in gathered
            and (said.personal or any(column.paths for column in said.columns.values()))
        ):
            yield _problem(
                name,
                say(N_("`{table}` holds personal data, and nothing leads from a person to its rows"), table=name),
                N_(
                    "name its identifiers, or link it to a table that belongs to people; or give its columns the category `none`"
                ),
            )


def _listed(catalogue: Catalogue, meaning: SystemMeaning, gathered: Sequence[str]) -> Iterator[Problem]:
    """Places with several values of a category by which people are found, where nobody looks: whoever stands there would be passed over."""
    finding = {category_of(said, item) for said in meaning.tables.values() for item in said.identifiers} - {NONE}
    for name in gathered:
        said = meaning.tables[name]
        looked_at = {item.column for item in said.identifiers if not item.path}
        for column in catalogue.tables[name].columns:
            held = said.columns.get(column.name)
            if held is None or held.of or column.name in looked_at:
                continue
            many = column.sort in (Sort.JSON, Sort.LIST) and not held.paths and held.category in finding
            found_at = {spot_in(item.path) for item in said.identifiers if item.column == column.name and item.path}
            places = [
                f"{column.name}{path.removeprefix('$')}" for path, category in held.paths.items()
                if "[*]" in path and category in finding and spot_in(path) not in found_at
            ]  # fmt: skip
            for place in places or ([column.name] if many else []):
                yield _problem(
                    name, say(N_("people can stand in the list `{place}` of `{table}`, in which nobody is looked for"), place=place, table=name),
                    N_("name it as an identifier with its `path`, such as `$.contacts[*].email`; if all of them are the person whose row it is, say `of:` of the column with what leads to them"),
                )  # fmt: skip


def _closed(catalogue: Catalogue, meaning: SystemMeaning, name: str) -> Iterator[Problem]:
    """Places in documents that could not be taken out, should a row stay."""
    for column in catalogue.tables[name].columns:
        held = meaning.tables[name].columns.get(column.name)
        if held is None or held.category != NONE or held.becomes is not None or column.sort not in (Sort.JSON, Sort.TEXT):
            continue
        for path in held.paths:
            if spot_in(path) is not None and not openable(catalogue.dialect, column, path):
                yield _problem(
                    name, say(N_("what stands at `{path}` of `{table}.{column}` cannot be taken out in this kind of store"), path=path, table=name, column=column.name),
                    N_("give the whole column a category, or name places as keys between stops in a column of JSON"),
                )  # fmt: skip


def category_of(said: TableMeaning, identifier: Identifier) -> str:
    """What an identifier is of a person: of its column, or of its place in the document."""
    held = said.columns.get(identifier.column)
    if held is None or (identifier.path and not listed(spot_in(identifier.path) or "")):
        return NONE
    if not identifier.path:
        return held.category
    return next((category for path, category in held.paths.items() if spot_in(path) == spot_in(identifier.path)), NONE)


def _names(catalogue: Catalogue, meaning: SystemMeaning, table: Table, said: TableMeaning) -> Iterator[Problem]:
    held = {column.name for column in table.columns}
    columns = [*said.columns, *(identifier.column for identifier in said.identifiers)]
    columns += [name for rule in said.keep for name in (rule.since, rule.until, *rule.columns) if name]
    columns += [said.restrict[0]] if said.restrict else []
    for name in dict.fromkeys(columns):
        if name not in held:
            yield _problem(
                table.name,
                say(N_("`{table}` has no column `{column}`"), table=table.name, column=name),
                N_("scan the system again, or correct the name in its map"),
            )
    for identifier in said.identifiers:
        if identifier.path and identifier.column in held and not lookable(table, identifier, catalogue.dialect):
            yield _problem(
                table.name,
                say(N_("people cannot be found by `{path}` of `{table}.{column}`"), path=identifier.path, table=table.name, column=identifier.column),
                N_("name keys between stops in a column of JSON, and `[*]` for each entry of a list; this kind of store may not be searched so"),
            )  # fmt: skip
    for link in said.links:
        yield from _link(catalogue, meaning, table, link)


def _link(catalogue: Catalogue, meaning: SystemMeaning, table: Table, link: Link) -> Iterator[Problem]:
    help = N_("correct the link in the map of the system")
    holes = {"table": table.name, "to": link.to}
    if len(link.columns) != len(link.referred) or not link.columns:
        yield _problem(
            table.name, say(N_("a link of `{table}` to `{to}` has not as many columns as it refers to"), **holes), help
        )
    if link.abroad and len(link.columns) > 1:
        yield _problem(
            table.name,
            say(
                N_("a link of `{table}` to `{to}` has several columns, and another system is looked up by one"), **holes
            ),
            help,
        )
    if link.prefix and (link.abroad or len(link.columns) > 1):
        yield _problem(table.name, say(N_("a link of `{table}` to `{to}` with a `prefix` has one column, and leads to a table of the same system"), **holes), help)
    for name in (*link.columns, *link.where):
        if table.column(name) is None:
            yield _problem(
                table.name, say(N_("`{table}` has no column `{column}`"), table=table.name, column=name), help
            )
    if link.abroad:
        return
    there = catalogue.tables.get(link.to)
    if there is None or link.to not in meaning.tables:
        yield _problem(
            table.name, say(N_("a link of `{table}` leads to `{to}`, and that is not in the map"), **holes), help
        )
        return
    for name in link.referred:
        if there.column(name) is None:
            yield _problem(table.name, say(N_("`{table}` has no column `{column}`"), table=link.to, column=name), help)


def _verdicts(catalogue: Catalogue, meaning: SystemMeaning, name: str, gathered: Sequence[str]) -> Iterator[Problem]:
    table, said = catalogue.tables[name], meaning.tables[name]
    if table.kind is Kind.VERSIONED:
        yield _problem(
            name,
            say(N_("the store keeps what rows of `{table}` were before, also of those that are deleted"), table=name),
            N_("take its system versioning off, or leave the system to its owner"),
        )
    if table.kind is Kind.UNTRANSACTED:
        yield _problem(
            name,
            say(N_("a change of `{table}` could not be undone: its storage engine knows no transactions"), table=name),
            N_("give it one that does, such as InnoDB (`ALTER TABLE ... ENGINE = InnoDB`), or leave the system to its owner"),
        )
    if said.verdict is Verdict.KEEP and not said.keep:
        yield _problem(
            name,
            say(N_("`{table}` is kept, and no rule says why"), table=name),
            N_("give it a keep-rule, or another verdict"),
        )
    if said.verdict is Verdict.RESTRICT and said.restrict is None:
        yield _problem(
            name,
            say(N_("`{table}` is restricted, and nothing says which column shows it"), table=name),
            N_("name the column and its value under `restrict`"),
        )
    if len({rule.rule for rule in said.keep if rule.columns}) > _TOGETHER:
        yield _problem(
            name,
            say(N_("`{table}` has more than {most} keep-rules with columns of their own"), table=name, most=_TOGETHER),
            N_("let one rule name the columns of several"),
        )
    for rule in said.keep:
        yield from _rule(catalogue, meaning, table, rule, gathered)


def _rule(
    catalogue: Catalogue, meaning: SystemMeaning, table: Table, rule: KeepRule, gathered: Sequence[str]
) -> Iterator[Problem]:
    for name in (rule.since, rule.until):
        column = table.column(name) if name else None
        written = column is not None and column.sort is Sort.TEXT and catalogue.dialect in ("sqlite", "files")
        if column is not None and column.sort not in _MOMENTS and not written:
            yield _problem(
                table.name,
                say(
                    N_("the rule `{rule}` counts from `{table}.{column}`, and that is no date"),
                    rule=rule.rule,
                    table=table.name,
                    column=column.name,
                ),
                N_("name a column that holds dates or instants"),
            )
    if rule.follows is None:
        return
    there = meaning.tables.get(rule.follows)
    if (
        there is None
        or not there.keep
        or rule.follows not in gathered
        or not ways_between(catalogue, meaning, table.name, rule.follows)
    ):
        yield _problem(
            table.name,
            say(
                N_("the rule `{rule}` of `{table}` follows `{to}`, to which it has no link or which no rule keeps"),
                rule=rule.rule,
                table=table.name,
                to=rule.follows,
            ),
            N_("link the two tables, and give the one that is followed its keep-rule"),
        )


def fates_of(
    catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather], actions: Sequence[Action], purpose: str
) -> tuple[Fate, ...]:
    """What becomes of each gathered table, of its columns where rows stay changed, and by which rule what is kept."""
    made: list[Fate] = []
    for gather in gathers:
        name, said = gather.table, meaning.tables[gather.table]
        verdict = Verdict.DESTROY if purpose == "destroy" and said.verdict is Verdict.DELETE else said.verdict
        rule = said.keep[0].rule if verdict is Verdict.KEEP and said.keep else ""
        made.append(Fate(name, None, verdict, rule))
        made += _kept(said, verdict)
        changed = {
            item.column
            for action in actions
            if isinstance(action, Change) and action.table == name and Reason.KEPT not in action.reasons
            for item in action.assignments
        }
        if verdict is Verdict.ANONYMISE:
            made += [
                Fate(name, column, verdict)
                for column in personal_columns(catalogue, meaning, name)
                if column in changed
            ]
    return tuple(made)


def _kept(said: TableMeaning, verdict: Verdict) -> Iterator[Fate]:
    if verdict is Verdict.KEEP:
        return
    for rule in said.keep:
        if not rule.columns:
            yield Fate(said.name, None, Verdict.KEEP, rule.rule)
        for column in rule.columns:
            yield Fate(said.name, column, Verdict.KEEP, rule.rule)
