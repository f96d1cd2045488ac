"""Finding texts in Python, Jinja2 templates, Django templates and ES modules."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract as babel_extract
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2]
COMMANDS = ("config", "cli")
_SHOWN_BY_PARSERS = ("help", "description", "epilog")

# gettext functions and the positions of their texts; "c" marks a context.
_PYTHON: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "encoding": "utf-8",
}


@dataclass(frozen=True)
class Found:
    """A text with where it stands."""

    path: str
    msgid: str | tuple[str, ...]
    comments: tuple[str, ...]
    context: str | None


def found_messages(package: Path = PACKAGE) -> Iterator[Found]:
    """Every text of the package; tests, migrations and vendored files hold none."""
    for path in sorted(package.rglob("*")):
        method = _method(path, package)
        if method is not None:
            yield from _in_file(path, package, *method)


def command_texts(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel extractor for a module of the command line: besides what is marked, its `HELP` and every `help=`.

    Those are plain texts where they stand, because a parser is built before anybody knows who reads it.
    """
    source = fileobj.read()
    yield from extract_python(BytesIO(source), keywords, comment_tags, options)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in _SHOWN_BY_PARSERS:
            value: ast.expr = node.value
        elif isinstance(node, ast.Assign) and any(
            getattr(target, "id", "") == "HELP" for target in node.targets
        ):
            value = node.value
        else:
            continue
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, "gettext", value.value, []


def _method(path: Path, package: Path) -> tuple[str | Callable[..., Any], dict[str, str]] | None:
    parts = path.relative_to(package).parts
    if {"tests", "migrations", "vendor", "staticfiles", "__pycache__", "locale"} & set(parts):
        return None
    if path.suffix == ".py" and parts[:2] == COMMANDS:
        return command_texts, {}
    if path.suffix == ".py":
        return "python", {}
    if path.suffix in {".html", ".txt"} and "templates" in parts:
        return "jinja2", _JINJA_OPTIONS
    if path.suffix in {".html", ".txt"} and "django_templates" in parts:
        return django_template, {}
    if path.suffix == ".js" and "static" in parts:
        return "javascript", {}
    return None


def _in_file(
    path: Path, package: Path, method: str | Callable[..., Any], options: dict[str, str]
) -> Iterator[Found]:
    with path.open("rb") as file:
        for _line, message, comments, context in babel_extract(
            method,
            file,
            keywords=_PYTHON,
            comment_tags=("Translators:",),
            options=options,
            strip_comment_tags=True,
        ):
            msgid = tuple(message) if isinstance(message, list | tuple) else message
            yield Found(path.relative_to(package).as_posix(), msgid, tuple(comments), context)


def django_template(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterable[Any]:
    """Babel extractor for Django's template language: turns it into Python calls the way makemessages does."""
    source = templatize(fileobj.read().decode("utf-8"))
    return extract_python(BytesIO(source.encode("utf-8")), keywords, comment_tags, options)
