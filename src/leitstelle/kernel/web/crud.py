"""A small generic editor for master data: list, form, archive.

Only for rows that an administrator keeps (teams, levels, categories, mailboxes …), never for tickets. Owns the pages;
every write is an action of the domain, handed in as a function, so policies, events and errors stay where they are.

    teams = Crud(
        name="accounts:teams", title=_("Teams"), new=_("New team"), form=TeamForm,
        rows=lambda viewer: policies.visible_teams(viewer).order_by("name"),
        columns=[Column(_("Name"), lambda team: team.name), Column(_("People"), lambda team: team.size, num=True)],
        allowed=policies.can_administer,
        create=lambda viewer, data: actions.create_team(**data, actor=viewer.actor, now=timezone.now()),
        update=lambda viewer, team, data: actions.change_team(team, **data, actor=viewer.actor, now=timezone.now()),
        archive=lambda viewer, team: actions.archive_team(team, actor=viewer.actor, now=timezone.now()),
    )
    urlpatterns = teams.urls("administration/teams/")     # names: <name>, <name>-new, <name>-edit, <name>-archive

The namespace part of `name` is that of the urls module; rows are found by `public_id` where they have one, else `pk`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from leitstelle.kernel.viewer import Viewer

from .forms import add_domain_error
from .pages import go, render, toast, viewer_of
from .paging import keyset

M = TypeVar("M", bound=Model)
Label = str | Promise
PAGE_SIZE = 50


@dataclass(frozen=True)
class Column(Generic[M]):
    """A column of the list; `value` may return text, a number or markup of a macro. The first one links to the form."""

    label: Label
    value: Callable[[M], Any]
    num: bool = False
    opt: bool = False


@dataclass(frozen=True)
class Crud(Generic[M]):
    """List, form and archive of one kind of row."""

    name: str
    title: Label
    new: Label
    form: type[forms.BaseForm]
    rows: Callable[[Viewer], "QuerySet[M]"]
    columns: Sequence[Column[M]]
    allowed: Callable[[Viewer], bool]
    create: Callable[[Viewer, dict[str, Any]], Any] | None = None
    update: Callable[[Viewer, M, dict[str, Any]], Any] | None = None
    archive: Callable[[Viewer, M], Any] | None = None
    order: Sequence[str] = ("pk",)
    intro: Label = ""
    # Further pages of a row, as (label, address), shown above its form.
    beside: Callable[[M], Sequence[tuple[str, str]]] = field(default=lambda row: ())
    initial: Callable[[M], Mapping[str, Any]] = field(default=lambda row: _attributes(row))
    archived: Callable[[M], bool] = lambda row: bool(getattr(row, "archived_at", None))

    def urls(self, prefix: str) -> list[URLPattern]:
        """Addresses below a prefix that ends with a slash."""
        short = self.name.rpartition(":")[2]
        return [
            path(prefix, require_safe(self._list), name=short),
            path(
                f"{prefix}new/", require_http_methods(["GET", "HEAD", "POST"])(self._new), name=f"{short}-new"
            ),
            path(
                f"{prefix}<str:key>/",
                require_http_methods(["GET", "HEAD", "POST"])(self._edit),
                name=f"{short}-edit",
            ),
            path(f"{prefix}<str:key>/archive/", require_POST(self._archive), name=f"{short}-archive"),
        ]

    def _list(self, request: HttpRequest) -> HttpResponse:
        viewer = self._checked(request)
        found = keyset(
            self.rows(viewer),
            self.order,
            request.GET.get("after"),
            request.GET.get("before"),
            PAGE_SIZE,
        )
        rows = [
            {
                "url": reverse(f"{self.name}-edit", args=[_key(row)]) if self.update else "",
                "cells": [(column, column.value(row)) for column in self.columns],
                "archived": self.archived(row),
            }
            for row in found.items
        ]
        heads = [
            {"label": c.label, "num": c.num, "opt": c.opt, "sorted": "", "sort_url": ""} for c in self.columns
        ]
        context = {"crud": self, "rows": rows, "heads": heads, "paging": found}
        context["new_url"] = reverse(f"{self.name}-new") if self.create else ""
        return render(request, "web/crud_list.html", context)

    def _new(self, request: HttpRequest) -> HttpResponse:
        viewer = self._checked(request)
        create = self.create
        if create is None:
            raise NotFound
        return self._form(request, None, lambda data: create(viewer, data), _("Saved"))

    def _edit(self, request: HttpRequest, key: str) -> HttpResponse:
        viewer = self._checked(request)
        update = self.update
        if update is None:
            raise NotFound
        row = self._row(viewer, key)
        return self._form(request, row, lambda data: update(viewer, row, data), _("Saved"))

    def _archive(self, request: HttpRequest, key: str) -> HttpResponse:
        viewer = self._checked(request)
        if self.archive is None:
            raise NotFound
        self.archive(viewer, self._row(viewer, key))
        toast(request, _("Archived"))
        return go(request, reverse(self.name))

    def _form(
        self, request: HttpRequest, row: M | None, save: Callable[[dict[str, Any]], Any], done: str
    ) -> HttpResponse:
        initial = {} if row is None else dict(self.initial(row))
        form = self.form(request.POST or None, request.FILES or None, initial=initial)
        differences: list[tuple[str, str, str]] = []
        if request.method == "POST" and form.is_valid():
            try:
                save(form.cleaned_data)
            except Conflict as error:
                add_domain_error(form, error)
                differences = self._differences(form, error, row)
            except DomainError as error:
                add_domain_error(form, error)
            else:
                toast(request, done)
                return go(request, reverse(self.name))
        archivable = row is not None and self.archive is not None and not self.archived(row)
        context = {
            "crud": self,
            "form": form,
            "row": row,
            "list_url": reverse(self.name),
            "beside": self.beside(row) if row is not None else (),
            "differences": differences,
            "archive_url": reverse(f"{self.name}-archive", args=[_key(row)]) if archivable and row else "",
        }
        status = 409 if differences else 422 if form.errors else 200
        return render(request, "web/crud_form.html", context, status=status)

    def _differences(
        self, form: forms.BaseForm, error: Conflict, row: M | None
    ) -> list[tuple[str, str, str]]:
        """(field, theirs, ours) of a conflict; the form then holds the newer version, so that saving again decides."""
        theirs, ours = error.params.get("theirs", {}), error.params.get("ours", {})
        if row is not None and "version" in form.fields and isinstance(form.data, QueryDict):
            row.refresh_from_db()
            data = form.data.copy()
            data["version"] = str(getattr(row, "version", ""))
            form.data = data
        labels = {name: str(form.fields[name].label) for name in theirs if name in form.fields}
        return [(labels.get(name, name), str(theirs[name]), str(ours[name])) for name in theirs]

    def _checked(self, request: HttpRequest) -> Viewer:
        viewer = viewer_of(request)
        if not self.allowed(viewer):
            raise NotAllowed
        return viewer

    def _row(self, viewer: Viewer, key: str) -> M:
        rows = self.rows(viewer)
        name = "public_id" if hasattr(rows.model, "public_id") else "pk"
        try:
            return rows.get(**{name: key})
        except (ObjectDoesNotExist, ValidationError, ValueError, TypeError) as error:
            raise NotFound from error


def _key(row: Model) -> str:
    return str(getattr(row, "public_id", row.pk))


def _attributes(row: Model) -> dict[str, Any]:
    return {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields}
