"""Keyset paging: pages that cost the same at the start and at page thousand, and stay stable while rows come and go.

Owns the cursor and the comparison. NULLs come last in either direction on both databases, because that is written
into the order and into the comparison instead of being left to the database; columns that cannot be NULL get the
plain order, so that their indexes serve. The primary key breaks ties.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from leitstelle.kernel.errors import InvalidInput

M = TypeVar("M", bound=Model)
_LONGEST = 4000
_LARGEST = 2**63 - 1
_DIGITS = 30


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page: the items in reading order, and opaque cursors to the pages beside it (None at an end)."""

    items: list[M]
    next: str | None
    prev: str | None


@dataclass(frozen=True)
class _Key:
    name: str
    descending: bool
    nullable: bool

    def expression(self, *, backwards: bool) -> Any:
        direction = F(self.name).desc if self.descending != backwards else F(self.name).asc
        if not self.nullable:
            return direction()
        return direction(nulls_first=True) if backwards else direction(nulls_last=True)

    def comparison(self, *, backwards: bool) -> str:
        return "gt" if self.descending == backwards else "lt"


def keyset(
    qs: "QuerySet[M]",
    order: Sequence[str],
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> Page[M]:
    """The page after or before a cursor, `size` items long.

    `order` holds field names, `-name` for descending (`related__name` works where the row is selected). Raises
    InvalidInput for a cursor that is damaged or belongs to another order.
    """
    keys = _keys(qs.model, order)
    backwards = before is not None
    cursor = before if backwards else after
    rows = qs.order_by(*(key.expression(backwards=backwards) for key in keys))
    if cursor:
        values = _decode(cursor, keys)
        try:
            rows = rows.filter(_bound(keys[0], values[0], backwards=backwards))
            rows = rows.filter(_beyond(keys, values, backwards=backwards))
        except (ValueError, TypeError, ValidationError) as error:
            raise InvalidInput from error
    try:
        found = list(rows[: size + 1])
    except OverflowError as error:  # a number in a cursor that the database cannot take
        raise InvalidInput from error
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_prev = (True, more) if backwards else (more, bool(cursor))
    if not found:
        return Page([], None, None)
    return Page(
        found,
        _encode(keys, found[-1]) if has_next else None,
        _encode(keys, found[0]) if has_prev else None,
    )


def without_cursor(query: QueryDict) -> str:
    """The query of a page without its place in the list: what the links to the pages beside it begin with."""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()


def _keys(model: type[Model], order: Sequence[str]) -> list[_Key]:
    names = [(name.removeprefix("-"), name.startswith("-")) for name in order]
    keys = [_Key(name, descending, _nullable(model, name)) for name, descending in names]
    pk = model._meta.pk
    if not any(key.name in {"pk", pk.name} for key in keys):
        keys.append(_Key("pk", keys[-1].descending if keys else False, nullable=False))
    return keys


def _nullable(model: type[Model], path: str) -> bool:
    """Whether any step of a field path can be NULL; annotations are taken as nullable."""
    here: Any = model
    for part in path.split("__"):
        try:
            field = here._meta.pk if part == "pk" else here._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        here = field.related_model
    return False


def _bound(key: _Key, value: Any, *, backwards: bool) -> Q:
    """A plain range on the first key, which an index can serve; the alternatives of `_beyond` alone it cannot."""
    if value is None or key.nullable:
        return Q()
    return Q(**{f"{key.name}__{key.comparison(backwards=backwards)}e": value})


def _beyond(keys: Sequence[_Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows behind the cursor's row: a tie on the keys so far, and then further on the next one."""
    condition = Q(pk__in=[])
    tie = Q()
    for key, value in zip(keys, values, strict=True):
        further = _further(key, value, backwards=backwards)
        if further is not None:
            condition |= tie & further
        tie &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return condition


def _further(key: _Key, value: Any, *, backwards: bool) -> Q | None:
    """Rows further on one key; NULL is the last value when going forwards and the first when going backwards."""
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if backwards else None
    further = Q(**{f"{key.name}__{key.comparison(backwards=backwards)}": value})
    return further if backwards or not key.nullable else further | Q(**{f"{key.name}__isnull": True})


def _encode(keys: Sequence[_Key], row: Model) -> str:
    data = [
        [(f"-{k.name}" if k.descending else k.name) for k in keys],
        [_plain(_value(row, k.name)) for k in keys],
    ]
    packed = json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for part in path.split("__"):
        value = None if value is None else getattr(value, part)
    return value.pk if isinstance(value, Model) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, UUID):
        return {"u": str(value)}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value


def _decode(cursor: str, keys: Sequence[_Key]) -> list[Any]:
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("longer than any cursor of ours")
        padded = cursor + "=" * (-len(cursor) % 4)
        names, values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        expected = [f"-{key.name}" if key.descending else key.name for key in keys]
        if names != expected or len(values) != len(keys):
            raise ValueError("the cursor belongs to another order")
        return [_typed(value) for value in values]
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError, binascii.Error) as error:
        # RecursionError: thousands of brackets within each other.
        raise InvalidInput from error


def _typed(value: Any) -> Any:
    """The value of a cursor. What no column of ours holds is refused here: databases would fail over it."""
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        parsed = _PARSERS[kind](text)
        if parsed is None:
            raise ValueError("not a date")
        # Beyond the calendar's ends this overflows here instead of on the way to the database.
        return parsed.astimezone(UTC) if isinstance(parsed, datetime) else parsed
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise ValueError("not a storable text")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise OverflowError("not a storable number")
    if isinstance(value, (list, float)):
        raise TypeError("not a value")
    return value


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > _DIGITS:
        raise ValueError("not a storable number")
    return value


_PARSERS: dict[str, Callable[[str], Any]] = {"t": parse_datetime, "d": parse_date, "u": UUID, "n": _decimal}
