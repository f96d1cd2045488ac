"""From the JSON of a report to the words of a ticket.

A template is text with paths in braces: `{alert.labels.host|alert.name} is down`. A path goes by names and places
(`events[0].title`); of several, parted by `|`, the first that says something counts. What a report does not say is
left empty. A condition compares a path: `status = resolved`, `severity != info`, one a line, and all must hold.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 20_000
DEEPEST = 40
_PATH = re.compile(r"[^\s.\[\]{}|=!]+(?:\[\d{1,4}\])*(?:\.[^\s.\[\]{}|=!]+(?:\[\d{1,4}\])*)*")
_STEP = re.compile(r"\[(\d+)\]|[^.\[\]]+")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CONDITION = re.compile(r"(?P<path>[^=!]+?)\s*(?P<sign>!=|==?)\s*(?P<value>.*)")


class NotReadable(ValueError):
    """The body is no JSON object, or one nested too deeply."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template or condition: `kind` is unbalanced, path or comparison; lines count from 1."""

    kind: str
    line: int
    path: str = ""


def read(body: bytes) -> dict[str, Any]:
    """Return the object of a body. Raises `NotReadable`."""
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotReadable from None
    if not isinstance(found, dict) or _is_too_deep(found):
        raise NotReadable
    return found


def _is_too_deep(value: object) -> bool:
    level: list[object] = [value]
    for _depth in range(DEEPEST):
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return False
    return True


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def value_at(data: object, path: str) -> object:
    """Return what stands at a path, `None` where nothing does."""
    for step in _STEP.finditer(path):
        place = step[1]
        if place is not None:
            data = data[int(place)] if isinstance(data, list) and int(place) < len(data) else None
        else:
            data = data.get(step[0]) if isinstance(data, dict) else None
        if data is None:
            return None
    return data


def said(value: object) -> str:
    """Return a value as people read it: texts as they are, lists joined, objects as JSON, nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(said(one) for one in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(char for char in str(value) if char.isprintable() or char in "\n\t")


def filled(template: str, data: object) -> str:
    """Return a template with the values of a report, at most `LONGEST` characters."""
    parts = (_piece(match, data) for match in _parted(template))
    return "".join(parts)[:LONGEST].strip()


def _parted(template: str) -> Iterator["re.Match[str] | str"]:
    end = 0
    for match in _PIECE.finditer(template):
        yield template[end : match.start()]
        yield match
        end = match.end()
    yield template[end:]


def _piece(part: "re.Match[str] | str", data: object) -> str:
    if isinstance(part, str):
        return part
    if part[1] is None:
        return part[0][0]
    return next((text for path in part[1].split("|") if (text := said(value_at(data, path.strip())))), "")


def holds(conditions: str, data: object) -> bool:
    """Return whether every line of the conditions holds; without any, all reports do. Upper case is lower case."""
    for line in conditions.splitlines():
        found = _CONDITION.fullmatch(line.strip())
        if found is None:
            continue
        same = said(value_at(data, found["path"].strip())).casefold() == found["value"].strip().casefold()
        if same is (found["sign"] == "!="):
            return False
    return True


def faults_of_template(template: str) -> list[Fault]:
    """Return what is wrong with a template."""
    found = []
    for number, line in enumerate(template.splitlines(), 1):
        for match in _PIECE.finditer(line):
            if match[0] in ("{", "}"):
                found.append(Fault("unbalanced", number))
            elif match[1] is not None:
                paths = [path.strip() for path in match[1].split("|")]
                found += [Fault("path", number, path) for path in paths if not _PATH.fullmatch(path)]
    return found


def faults_of_conditions(conditions: str) -> list[Fault]:
    """Return what is wrong with conditions."""
    found = []
    for number, line in enumerate(conditions.splitlines(), 1):
        if not line.strip():
            continue
        match = _CONDITION.fullmatch(line.strip())
        if match is None:
            found.append(Fault("comparison", number))
        elif not _PATH.fullmatch(match["path"].strip()):
            found.append(Fault("path", number, match["path"].strip()))
    return found
