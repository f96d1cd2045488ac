"""Rows in a form that belongs to no database: which tables and columns, and how each kind of value is written.

A row is one line: a JSON array, values in the order of the columns. Times are UTC with microseconds, decimals and UUIDs
texts, bytes base64, JSON columns the canonical text of their value, durations whole microseconds. The same row gives
the same line whichever database it comes from.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Column
from leitstelle.config.texts import _

Field = models.Field[Any, Any]

# What is made anew or belongs to running processes only. Sessions are left out so that an archive signs nobody in.
LEFT_OUT = frozenset(
    {
        "limits.Counter",
        "search.SearchRow",
        "search.SearchText",
        "search.SearchWord",
        "sessions.Session",
        "work.ClockLease",
        "work.WorkerBeat",
    }
)
_WHOLE = (
    "AutoField BigAutoField SmallAutoField IntegerField BigIntegerField SmallIntegerField PositiveIntegerField "
    "PositiveSmallIntegerField PositiveBigIntegerField"
)
_TEXT = "CharField TextField SlugField EmailField URLField FileField FilePathField GenericIPAddressField"
# An escaped character, not a backslash followed by a "u".
_ODD_IN_JSON = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})")
_MICROSECOND = timedelta(microseconds=1)


def saved_models() -> list[type[models.Model]]:
    """Every model with a table whose rows are saved, in the order of the tables' names."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def columns(model: type[models.Model]) -> list[Column]:
    """The stored columns of a model; what the database computes itself is left out."""
    stored = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    return [_column(field) for field in stored]


def _column(field: Field) -> Column:
    bare = field
    while isinstance(bare, models.ForeignKey):
        bare = bare.target_field
    kind = bare.get_internal_type()
    if kind not in _CODERS:
        raise LookupError(f"{field}: no portable form for {kind}")
    digits, places = getattr(bare, "max_digits", None), getattr(bare, "decimal_places", None)
    return Column(field.column or field.attname, kind, digits, places)


def plain_field(column: Column) -> Field:
    """A field of Django's own class for this column: it converts what the database knows, and nothing else."""
    if column.type not in _CODERS:
        text = _("The archive holds values of a kind that this version does not know: %(kind)s.")
        raise BackupError(text % {"kind": column.type})
    # Numbers that count by themselves are plain numbers here, and every text is a text.
    kind = "BigIntegerField" if column.type in _WHOLE.split() else column.type
    kind = "TextField" if kind in _TEXT.split() else kind
    options = {"max_digits": column.digits, "decimal_places": column.places} if kind == "DecimalField" else {}
    field: Field = getattr(models, kind)(**options)
    field.set_attributes_from_name(column.name)
    return field


def encoder(fields: list[Column]) -> Callable[[tuple[Any, ...]], bytes]:
    """How rows of these columns become lines."""
    steps = [_CODERS[column.type][0] for column in fields]

    def encode(row: tuple[Any, ...]) -> bytes:
        values = [None if value is None else step(value) for step, value in zip(steps, row, strict=True)]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()

    return encode


def decoder(fields: list[Column]) -> Callable[[bytes], list[Any]]:
    """How lines become rows again; a line that is none raises Damaged."""
    steps = [_CODERS[column.type][1] for column in fields]

    def decode(line: bytes) -> list[Any]:
        try:
            values = json.loads(line)
            if type(values) is not list:
                raise ValueError
            return [None if value is None else step(value) for step, value in zip(steps, values, strict=True)]
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            raise Damaged(_("A row in the archive cannot be understood.")) from None

    return decode


def may_be_odd(line: bytes) -> bool:
    """Whether a line may hold what PostgreSQL keeps in no text: NUL, and in JSON half a surrogate pair."""
    return rb"\u0000" in line or rb"\ud" in line


def without_odd(row: list[Any], fields: list[Column]) -> list[Any]:
    """The row with U+FFFD for each character that PostgreSQL cannot keep and SQLite can."""
    return [
        _cleaned(value, column.type) if isinstance(value, str) else value
        for value, column in zip(row, fields, strict=True)
    ]


def _cleaned(value: str, kind: str) -> str:
    if kind == "JSONField":
        return _json_text(_ODD_IN_JSON.sub(lambda found: f"{found[1]}\ufffd", value))
    return value.replace("\0", "\ufffd")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _json_text(value: Any) -> str:
    """JSON columns come as text from both databases, which write the same value differently."""
    text = json.dumps(json.loads(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # Half a surrogate pair is no character and stays as it is escaped in JSON.
    return text.encode("utf-8", "backslashreplace").decode()


def _microseconds(value: Any) -> int:
    """SQLite keeps durations as a number already."""
    return value // _MICROSECOND if isinstance(value, timedelta) else int(value)


_CODERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    **dict.fromkeys(_WHOLE.split(), (int, _number)),
    **dict.fromkeys(_TEXT.split(), (str, _text)),
    "BooleanField": (bool, bool),
    "FloatField": (float, float),
    "DecimalField": (lambda value: format(value, "f"), Decimal),
    "UUIDField": (str, UUID),
    "DateTimeField": (_moment, datetime.fromisoformat),
    "DateField": (date.isoformat, date.fromisoformat),
    "TimeField": (lambda value: value.isoformat(timespec="microseconds"), time.fromisoformat),
    "DurationField": (_microseconds, lambda value: timedelta(microseconds=_number(value))),
    "JSONField": (_json_text, _text),
    "BinaryField": (lambda value: base64.b64encode(value).decode("ascii"), base64.b64decode),
}
