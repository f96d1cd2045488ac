"""Fetching one visible row, or answering that there is none."""

from typing import TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict

from leitstelle.kernel.errors import Conflict, NotFound

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M], **wanted: object) -> M:
    """Return the one row; raises `NotFound`, also for what the viewer may not see."""
    row = rows.filter(**wanted).first()
    if row is None:
        raise NotFound
    return row


def both_values(error: Conflict, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return (field, theirs, ours) of a conflict for the page; `names` are the labels of the fields."""
    theirs, ours = error.params.get("theirs", {}), error.params.get("ours", {})
    return [
        (str(names.get(name.removesuffix("_id"), name)), str(theirs[name]), str(ours[name]))
        for name in theirs
    ]


def set_value(form: forms.Form, name: str, value: object) -> None:
    """Let a form that is shown again hold another value in one field; what was typed elsewhere stays."""
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    data[name] = str(value)
    form.data = data
