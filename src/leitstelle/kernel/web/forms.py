"""Form basics: how Django's widgets get our classes and tell assistive technology about help and errors.

Owns: the filters behind `ui.field`. Leaves fields and validation to the domains' forms, which are plain
`django.forms` classes.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from leitstelle.kernel.errors import DomainError

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
_NEAREST = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "UTC")


class Switch(forms.CheckboxInput):
    """A checkbox drawn as a switch, for settings that act at once."""


class ManyFiles(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class DayInput(forms.DateInput):
    """A day chosen in the browser's own calendar, which takes and gives ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def zone_choices() -> list[tuple[str, str]]:
    """Time zones of the IANA database for a select, the German-speaking ones first."""
    names = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/"))
    }
    return [(name, name) for name in (*_NEAREST, *sorted(names - {*_NEAREST}))]


def widget_kind(bound: BoundField) -> str:
    """`checkbox`, `switch`, `group`, `file`, `select`, `textarea` or `input`."""
    widget = bound.field.widget
    kinds: tuple[tuple[Any, str], ...] = (
        (Switch, "switch"),
        (_GROUPS, "group"),
        (forms.CheckboxInput, "checkbox"),
        (forms.FileInput, "file"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
    )
    return next((name for kind, name in kinds if isinstance(widget, kind)), "input")


def allows_many(bound: BoundField) -> bool:
    """Whether a file field takes several files."""
    return bool(getattr(bound.field.widget, "allow_multiple_selected", False))


def widget(bound: BoundField, attrs: Mapping[str, Any] | None = None) -> SafeString:
    """The field's control with our class. Django adds aria-describedby for help and aria-invalid for errors."""
    kind = widget_kind(bound)
    extra: dict[str, Any] = dict(attrs or {})
    if kind in {"input", "select", "textarea"}:
        own = bound.field.widget.attrs.get("class", "")
        extra.setdefault("class", f"{kind} {own}".strip())
    if kind == "switch":
        extra.update({"class": "switch", "role": "switch"})
    described = [f"{bound.auto_id}_error"] if bound.errors else []
    described += [f"{bound.auto_id}_helptext"] if bound.help_text else []
    if described:
        extra.setdefault("aria-describedby", " ".join(described))
    return bound.as_widget(attrs=extra)


def add_domain_error(form: forms.BaseForm, error: DomainError) -> None:
    """Put a refused action into the form: on its fields where it names them, else above all."""
    placed = False
    for name, text in error.fields.items():
        if name in form.fields:
            form.add_error(name, text)
            placed = True
    if not placed:
        form.add_error(None, error.message)
