"""Reading the page on which a view is put together: its columns, order and sharing beside the conditions.

The conditions themselves are `rules.drafts`. Leaves names and options to `queries.condition_choices`, saving to
`saved`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from leitstelle.tickets.queries.inbox import COLUMNS, DEFAULT_COLUMNS, GROUPINGS, ORDERS
from leitstelle.tickets.rules.columns import VIEW_COLUMNS, Column, Operator
from leitstelle.tickets.rules.conditions import Conditions
from leitstelle.tickets.rules.drafts import (
    ConditionsDraft,
    RowDraft,
    plain,
    pressed,
    with_conditions,
    with_sent,
)


@dataclass(frozen=True, kw_only=True)
class ViewDraft(ConditionsDraft):
    """A view as it is being put together."""

    name: str = ""
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    order: str = "due"
    grouping: str = ""
    shared_with_all: bool = False
    team_ids: frozenset[int] = field(default_factory=frozenset)
    version: int = 0


def draft_from(conditions: Conditions) -> ViewDraft:
    """Return what the page shows of stored conditions."""
    return with_conditions(ViewDraft(), conditions)


def draft_of(data: QueryDict) -> ViewDraft:
    """Read the form as it was sent. What no page of ours sends is passed over."""
    columns = tuple(dict.fromkeys(one for one in data.getlist("column") if one in COLUMNS))
    draft = ViewDraft(
        name=plain(data.get("name", ""))[:200],
        columns=columns if "ticket" in columns else ("ticket", *columns),
        order=_one_of(data.get("order", ""), [order.key for order in ORDERS], "due"),
        grouping=_one_of(data.get("grouping", ""), GROUPINGS, ""),
        shared_with_all=bool(data.get("shared_with_all")),
        team_ids=frozenset(_numbers(data.getlist("teams"))),
        version=next(iter(_numbers([data.get("version", "")])), 0),
    )
    return with_sent(draft, data)


def _one_of(value: str, known: Iterable[str], otherwise: str) -> str:
    return value if value in known else otherwise


def _numbers(found: Iterable[str | None]) -> list[int]:
    return [int(one) for one in found if one and one.isascii() and one.isdigit() and len(one) < 19]


def changed(draft: ViewDraft, button: str) -> ViewDraft:
    """Return the draft after a button such as `add-row`, `add-row:g1`, `remove-row:r3` or `column-up:team`."""
    verb, _colon, what = button.partition(":")
    act = _BUTTONS.get(verb)
    return act(draft, what) if act else pressed(draft, verb, what)


def _add_column(draft: ViewDraft, key: str) -> ViewDraft:
    if key not in COLUMNS or key in draft.columns:
        return draft
    return replace(draft, columns=(*draft.columns, key), changed="add-column")


def _remove_column(draft: ViewDraft, key: str) -> ViewDraft:
    if key == "ticket":
        return draft
    return replace(draft, columns=tuple(one for one in draft.columns if one != key), changed="add-column")


def _move_column(draft: ViewDraft, key: str, by: int) -> ViewDraft:
    if key not in draft.columns:
        return draft
    rest = [one for one in draft.columns if one != key]
    place = min(max(draft.columns.index(key) + by, 0), len(rest))
    columns = (*rest[:place], key, *rest[place:])
    return replace(draft, columns=columns, changed=f"column-{key}")


_BUTTONS: Mapping[str, Callable[[ViewDraft, str], ViewDraft]] = {
    "add-column": _add_column,
    "remove-column": _remove_column,
    "column-up": lambda draft, key: _move_column(draft, key, -1),
    "column-down": lambda draft, key: _move_column(draft, key, 1),
}


def starting_with(view_key: str, filters: Mapping[str, str]) -> ViewDraft:
    """Return the draft that "save as view" begins with: the shipped list one was looking at, and its filters."""
    rows = list(_SHIPPED.get(view_key, _SHIPPED["open"]))
    if view_key.startswith("level-") and "level" not in filters:
        rows = list(_SHIPPED["open"])
    for name, value in filters.items():
        column = {str(one): one for one in VIEW_COLUMNS}.get(name)
        if column is not None:
            rows.append((column, (value,)))
    drafts = tuple(
        RowDraft(f"r{index + 1}", column, Operator.IN, values) for index, (column, values) in enumerate(rows)
    )
    return ViewDraft(rows=drafts)


_ONGOING = (Column.STATUS_TYPE, ("new", "open", "waiting", "scheduled"))
_SHIPPED: Mapping[str, Sequence[tuple[Column, tuple[str, ...]]]] = {
    "mine": (_ONGOING, (Column.ASSIGNEE, ("me",))),
    "team": (_ONGOING, (Column.TEAM, ("my_teams",))),
    "unassigned": (_ONGOING, (Column.ASSIGNEE, ("nobody",))),
    "waiting": ((Column.STATUS_TYPE, ("waiting", "scheduled")),),
    "open": (_ONGOING,),
    "all": (),
}
