"""The text of a guide (YAML), as plain values: mappings, lists, texts, true and false. Nothing else, and nothing run.

Texts stay as they are written: `no`, `1:30` and `2026-01-01` are texts, only `true` and `false` are switches. What
could make a small text large or deep is refused: anchors and aliases, tags, nesting, too many parts.
"""

import re
from typing import Any, Protocol

import yaml

from leitstelle.knowledge.choices import Fault

MOST_DEPTH, MOST_NODES = 12, 10_000
_BOOL, _NULL = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"
# libyaml reads ten times as fast; a build without it has the same rules.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(Protocol):
    """Where the reader is, from 0; libyaml and the plain reader have marks of their own."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Unreadable(ValueError):
    """A text that is no YAML, or more than a guide may use of it; `line` and `column` from 1, 0: nowhere."""

    def __init__(self, fault: Fault, mark: Place | None = None, what: str = "") -> None:
        super().__init__(fault)
        self.fault, self.what = fault, what
        self.line, self.column = (mark.line + 1, mark.column + 1) if mark else (0, 0)


class _Texts(_Parser):  # type: ignore[misc]
    """A reader that takes every plain word for a text, but for the switches and nothing at all."""

    yaml_implicit_resolvers: dict[str, Any] = {}


_Texts.add_implicit_resolver(_BOOL, re.compile(r"(?:true|false)\Z"), ["t", "f"])
_Texts.add_implicit_resolver(_NULL, re.compile(r"(?:~|null)?\Z"), ["~", "n", ""])


def read_text(source: str) -> Any:
    """Return what the text holds. Raises `Unreadable`."""
    try:
        _measure(source)
        return _plain(yaml.compose(source, Loader=_Texts))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(_fault(error.problem or "", source, mark), mark) from None
    except (yaml.YAMLError, UnicodeError):
        raise Unreadable(Fault.NOT_YAML) from None


def _measure(source: str) -> None:
    """Look at the parts one by one, before anything is built of them."""
    depth = 0
    for number, event in enumerate(yaml.parse(source, Loader=_Texts)):
        mark = event.start_mark
        if number > MOST_NODES:
            raise Unreadable(Fault.TOO_MANY_PARTS, mark, str(MOST_NODES))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(Fault.ALIAS, mark)
        if getattr(event, "tag", None):
            raise Unreadable(Fault.TAG, mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise Unreadable(Fault.TOO_DEEP, mark)


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one) for one in node.value]
    if node is None or node.tag == _NULL:
        return None
    return node.value == "true" if node.tag == _BOOL else str(node.value)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Unreadable(Fault.NOT_YAML, key.start_mark)
        if key.value in found:
            raise Unreadable(Fault.TWICE, key.start_mark, key.value[:40])
        found[key.value] = _plain(value)
    return found


def _fault(problem: str, source: str, mark: Place | None) -> Fault:
    """The usual slips have sentences of their own."""
    lines = source.split("\n")
    if mark and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
        return Fault.TAB
    return Fault.COLON if "mapping values are not allowed" in problem else Fault.NOT_YAML
