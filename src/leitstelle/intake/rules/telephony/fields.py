"""The fields of a request, whichever way it carries them: form, JSON object or query."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

MOST_FIELDS = 100
LONGEST = 500
Fields = Mapping[str, tuple[str, ...]]


class Unreadable(ValueError):
    """Neither a form nor a JSON object."""


def fields_of(content_type: str, body: bytes, query: str) -> Fields:
    """Return the values by folded name ("user[]", "userId" and "user_id" → user, userid, userid).

    The body counts before the query. Nested JSON is passed over. Raises `Unreadable`.
    """
    found = _form(query)
    text = _text(body)
    if text.strip():
        is_json = "json" in content_type.lower() or text.lstrip().startswith("{")
        found |= _json(text) if is_json else _form(text)
    return found


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None


def _form(text: str) -> dict[str, tuple[str, ...]]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Unreadable("too many fields") from None
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[_folded(name)] = (*found.get(_folded(name), ()), _clean(value))
    return found


def _json(text: str) -> dict[str, tuple[str, ...]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        raise Unreadable("not a JSON object")
    return {_folded(str(name)): _values(item) for name, item in value.items()}


def _values(item: object) -> tuple[str, ...]:
    items = item[:MOST_FIELDS] if isinstance(item, list) else [item]
    return tuple(_clean(str(one)) for one in items if isinstance(one, str | int | float))


def _folded(name: str) -> str:
    return name.removesuffix("[]").replace("_", "").replace("-", "").casefold()[:60]


def _clean(value: str) -> str:
    return "".join(char for char in value if char.isprintable()).strip()[:LONGEST]


def first(fields: Fields, *names: str) -> str:
    """Return the first value that is there under one of these folded names, else nothing."""
    return next((value for name in names for value in fields.get(name, ()) if value), "")
