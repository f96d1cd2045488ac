"""Conditions as they are being put together on a page: rows, groups and the buttons that change them.

Everything works by sending the form: each button names what it changes, the answer is the form again. Nothing typed
is lost on the way. Knows no request: what was sent is anything with `get` and `getlist`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from leitstelle.tickets.rules.columns import OPERATORS, VIEW_COLUMNS, Column, Operator, Shape, shape_of
from leitstelle.tickets.rules.conditions import (
    MOST_GROUPS,
    MOST_ROWS,
    MOST_VALUES,
    Condition,
    Conditions,
    Group,
    Match,
    NotUsable,
    Problem,
    make,
)

TOP = ""


class Sent(Protocol):
    """A form as it was sent."""

    def get(self, key: str, default: str, /) -> str: ...
    def getlist(self, key: str, /) -> Sequence[str]: ...


@dataclass(frozen=True)
class RowDraft:
    """One condition as it is being typed. `group` is the key of its group, empty at the top."""

    key: str
    column: Column
    operator: Operator
    values: tuple[str, ...] = ()
    find: str = ""
    group: str = TOP
    problem: Problem | None = None
    fresh: bool = False

    @property
    def shape(self) -> Shape:
        return shape_of(self.operator)


@dataclass(frozen=True, kw_only=True)
class ConditionsDraft:
    """Conditions as they are being put together. `changed` names what the last button changed, for the focus."""

    match: Match = Match.ALL
    rows: tuple[RowDraft, ...] = ()
    groups: tuple[tuple[str, Match], ...] = ()
    changed: str = ""
    offered: tuple[Column, ...] = VIEW_COLUMNS

    def rows_of(self, group: str) -> list[RowDraft]:
        return [row for row in self.rows if row.group == group]


D = TypeVar("D", bound=ConditionsDraft)


def with_conditions(draft: D, conditions: Conditions) -> D:
    """Return the draft with what the page shows of stored conditions."""
    rows: list[RowDraft] = []
    groups: list[tuple[str, Match]] = []
    for item in conditions.rows:
        if isinstance(item, Group):
            key = f"g{len(groups) + 1}"
            groups.append((key, item.match))
            rows += [_row_from(one, f"r{len(rows) + index}", key) for index, one in enumerate(item.rows)]
        else:
            rows.append(_row_from(item, f"r{len(rows)}", TOP))
    return replace(draft, match=conditions.match, rows=tuple(rows), groups=tuple(groups))


def _row_from(condition: Condition, key: str, group: str) -> RowDraft:
    value = condition.value
    values = tuple(map(str, value)) if isinstance(value, tuple) else () if value is None else (str(value),)
    return RowDraft(key, condition.column, condition.operator, values, group=group)


def with_sent(draft: D, data: Sent) -> D:
    """Return the draft with the conditions as they were sent. What no page of ours sends is passed over."""
    groups = [
        (key, Match.ANY if data.get(f"{key}-match", "") == Match.ANY else Match.ALL)
        for key in _keys(data.getlist("group"))[:MOST_GROUPS]
    ]
    known = {key for key, _match in groups} | {TOP}
    rows = [_row_of(data, key, known, draft.offered) for key in _keys(data.getlist("row"))[:MOST_ROWS]]
    match = Match.ANY if data.get("match", "") == Match.ANY else Match.ALL
    return replace(draft, match=match, rows=tuple(rows), groups=tuple(groups))


def _keys(found: Sequence[str]) -> list[str]:
    """Keys of rows and groups are a letter and a number; they become part of field names."""
    return list(
        dict.fromkeys(key for key in found if key[1:].isdecimal() and key[:1] in "rg" and len(key) < 6)
    )


def _row_of(data: Sent, key: str, groups: set[str], offered: Sequence[Column]) -> RowDraft:
    columns = {str(one): one for one in offered}
    column = columns.get(data.get(f"{key}-column", ""), offered[0])
    shown = columns.get(data.get(f"{key}-shown", ""), column)
    operators = {str(one): one for one in OPERATORS[column]}
    operator = operators.get(data.get(f"{key}-operator", ""), OPERATORS[column][0])
    # Values of the column chosen before mean nothing to another one.
    values = list(data.getlist(f"{key}-value")) if shown is column else []
    if shape_of(operator) is not Shape.LIST:
        values = values[:1]
    group = data.get(f"{key}-group", TOP)
    return RowDraft(
        key,
        column,
        operator,
        tuple(plain(one)[:200] for one in values if one)[: MOST_VALUES + 1],
        find=plain(data.get(f"{key}-find", ""))[:100],
        group=group if group in groups else TOP,
    )


def plain(text: str) -> str:
    """Return the text without the character no database keeps."""
    return text.replace("\x00", "")


def pressed(draft: D, verb: str, what: str) -> D:
    """Return the draft after a button such as `add-row`, `add-row` `g1` or `remove-row` `r3`; others change nothing."""
    act = _BUTTONS.get(verb)
    if act is None:
        return draft
    after = act(draft, what)
    return replace(draft, rows=after.rows, groups=after.groups, changed=after.changed)


def _add_row(draft: ConditionsDraft, group: str) -> ConditionsDraft:
    if len(draft.rows) >= MOST_ROWS:
        return draft
    column = draft.offered[0]
    row = RowDraft(
        _free("r", [one.key for one in draft.rows]), column, OPERATORS[column][0], group=group, fresh=True
    )
    return replace(draft, rows=(*draft.rows, row), changed=row.key)


def _remove_row(draft: ConditionsDraft, key: str) -> ConditionsDraft:
    return replace(draft, rows=tuple(row for row in draft.rows if row.key != key), changed="add-row")


def _add_group(draft: ConditionsDraft, _what: str) -> ConditionsDraft:
    if len(draft.groups) >= MOST_GROUPS:
        return draft
    key = _free("g", [one for one, _match in draft.groups])
    match = Match.ANY if draft.match is Match.ALL else Match.ALL
    return _add_row(replace(draft, groups=(*draft.groups, (key, match))), key)


def _remove_group(draft: ConditionsDraft, key: str) -> ConditionsDraft:
    return replace(
        draft,
        groups=tuple(one for one in draft.groups if one[0] != key),
        rows=tuple(row for row in draft.rows if row.group != key),
        changed="add-row",
    )


def _free(letter: str, used: Iterable[str]) -> str:
    return f"{letter}{max((int(key[1:]) for key in used), default=0) + 1}"


_BUTTONS: Mapping[str, Callable[[ConditionsDraft, str], ConditionsDraft]] = {
    "add-row": _add_row,
    "remove-row": _remove_row,
    "add-group": _add_group,
    "remove-group": _remove_group,
}


def conditions_of(draft: D, *, strict: bool) -> tuple[Conditions, D]:
    """Return the conditions that the draft means, and the draft with what is wrong beside its rows.

    `strict` marks rows that make no sense; the preview while typing simply leaves them out.
    """
    made: dict[str, Condition] = {}
    problems: dict[str, Problem] = {}
    for row in draft.rows:
        try:
            made[row.key] = make(row.column, row.operator, row.values)
        except NotUsable as error:
            problems[row.key] = error.problem
    rows: list[Condition | Group] = [made[row.key] for row in draft.rows_of(TOP) if row.key in made]
    for key, match in draft.groups:
        inside = tuple(made[row.key] for row in draft.rows_of(key) if row.key in made)
        if inside:
            rows.append(Group(match, inside))
    if strict:
        marked = tuple(replace(row, problem=problems.get(row.key)) for row in draft.rows)
        draft = replace(draft, rows=marked)
    return Conditions(draft.match, tuple(rows)), draft
