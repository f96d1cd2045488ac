"""What an event says: actor, subject, and the typed payloads with their registry.

Pure values; rows live in `models`, writing in `journal`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as kind and id without a foreign key, so that it outlives the row."""

    kind: str
    id: str = ""

    @classmethod
    def person(cls, person_id: int | str) -> "Actor":
        return cls("person", str(person_id))

    @classmethod
    def rule(cls, rule_id: int | str) -> "Actor":
        return cls("rule", str(rule_id))

    @classmethod
    def token(cls, token_id: int | str) -> "Actor":
        return cls("token", str(token_id))

    @classmethod
    def system(cls, name: str = "") -> "Actor":
        return cls("system", name)


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What it happened to; each subject has its own chain of events."""

    kind: str
    id: int


@dataclass(frozen=True)
class EventData:
    """Base of the frozen dataclasses in `<domain>/events.py`.

    Fields hold ids, codes, numbers, ISO strings, `None` and tuples of those; never message
    text, never translated text. Subclassing registers the class by its `code`. When fields
    change, raise `version` and override `upgrade`.
    """

    code: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        code = cls.__dict__.get("code")
        if not isinstance(code, str):
            raise TypeError(f"{cls.__qualname__} needs its own `code`")
        known = _registry.get(code)
        # `@dataclass(slots=True)` makes the class a second time; that is no duplicate.
        if known is not None and _identity(known) != _identity(cls):
            raise TypeError(f"{cls.__qualname__}: code {code!r} belongs to {known.__qualname__}")
        _registry[code] = cls

    @classmethod
    def upgrade(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Turn the stored fields of an older version into those of today."""
        return data

    @classmethod
    def from_stored(cls, version: int, data: Mapping[str, Any]) -> Self:
        """Build the payload from its stored form; raises `TypeError` on missing fields."""
        return cls(**{key: _thawed(value) for key, value in cls.upgrade(version, dict(data)).items()})

    def to_stored(self) -> dict[str, Any]:
        """Return the JSON form; raises `TypeError` or `ValueError` for what does not belong in it."""
        return {field.name: _plain(getattr(self, field.name), field.name) for field in fields(self)}


_registry: dict[str, type[EventData]] = {}


def event_class(code: str) -> type[EventData] | None:
    """Return the payload class of a code, `None` where no installed domain knows it."""
    return _registry.get(code)


def event_classes() -> dict[str, type[EventData]]:
    """Return all known payload classes by code."""
    return dict(_registry)


def _identity(cls: type[EventData]) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def plain_json(value: Any, where: str) -> Any:
    """Return `value` in the form both databases give back; raises `TypeError`/`ValueError`."""
    if isinstance(value, Mapping):
        return {_text(key, where): plain_json(item, where) for key, item in value.items()}
    return _plain(value, where)


def _plain(value: Any, where: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(value, where)
    if isinstance(value, (tuple, list)):
        return [_plain(item, where) for item in value]
    raise TypeError(f"{where}: {type(value).__name__} does not belong in an event")


def _text(value: Any, where: str) -> str:
    text = str(value)
    # PostgreSQL refuses both in jsonb; refusing here keeps the databases alike.
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise ValueError(f"{where}: not a storable text")
    return text


def _number(value: float, where: str) -> float | int:
    if not math.isfinite(value):
        raise ValueError(f"{where}: not a finite number")
    # jsonb writes 1e22 as an integer: whole numbers are whole on both databases.
    return int(value) if value.is_integer() else value


def _thawed(value: Any) -> Any:
    return tuple(_thawed(item) for item in value) if isinstance(value, list) else value
