"""Keeping guides: list, editor with preview, publishing, files in and out."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.policies import require
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, render, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.knowledge import actions
from leitstelle.knowledge.forms import GuideForm, ImportForm
from leitstelle.knowledge.models import Guide
from leitstelle.knowledge.policies import can_keep_guides, visible_guides
from leitstelle.knowledge.rules.reading import MAX_SOURCE
from leitstelle.knowledge.views.preview import preview_of

EXAMPLE = """key: projector
title:
  de: Beamer zeigt kein Bild
  en: Projector shows no picture
words: beamer bild leinwand besprechungsraum projector screen meeting room
category: workplace.display
impact: group
urgency: hindered

questions:
  - key: lamp
    kind: yes_no
    ask:
      de: Leuchtet die Lampe am Gerät?
      en: Is the lamp of the device on?
    answers:
      - key: no
        next: room

  - key: source
    kind: hint
    ask:
      de: Stellen Sie am Beamer die richtige Quelle ein.
      en: Choose the right source on the projector.

  - key: room
    kind: text
    required: true
    field: place
    ask:
      de: In welchem Raum?
      en: In which room?

checklist:
  - key: cable
    de: Kabel geprüft oder getauscht
    en: Cable checked or changed
"""
MOST_FILES = 50


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """All guides, retired ones included, with what counts of each."""
    viewer = _keeper(request)
    german = viewer.language.startswith("de")
    rows = visible_guides(viewer).prefetch_related("versions")
    shown = sorted(rows, key=lambda row: (row.title_de if german else row.title_en).casefold())
    context = {"rows": [(row, _is_drafted(row)) for row in shown], "form": ImportForm()}
    return page(request, "knowledge/guides.html", context)


@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """The editor of a guide, new or known, with its preview."""
    viewer = _keeper(request)
    row = _guide(viewer, public_id) if public_id else None
    start = {"source": row.draft, "version": row.version} if row else {"source": EXAMPLE}
    form = GuideForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, row, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Draft saved. It counts once you publish it."))
            return go(request, reverse("knowledge:guide", args=[saved.public_id]))
    source = str(form["source"].value() or "")
    context = {"guide": row, "form": form, **preview_of(source, viewer.language), **_versions(row)}
    return page(request, "knowledge/guide.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is wrong with a text, or how its guide reads; asked for while somebody types."""
    viewer = _keeper(request)
    context = preview_of(request.POST.get("source", "")[: MAX_SOURCE + 1], viewer.language)
    return render(request, "knowledge/_preview.html", context)


@require_POST
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the draft count."""
    viewer = _keeper(request)
    row = _guide(viewer, public_id)
    actions.publish_guide(row, by=viewer, now=timezone.now())
    toast(request, _("Published: this version counts from now on."))
    return go(request, reverse("knowledge:guide", args=[row.public_id]))


@require_POST
def active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Retire a guide or offer it again, as the form says."""
    viewer = _keeper(request)
    row = _guide(viewer, public_id)
    change = actions.restore_guide if request.POST.get("active") == "1" else actions.retire_guide
    change(row, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, reverse("knowledge:guides"))


@require_POST
def export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The text of a guide as a file; the journal notes that it left the house, so this is no plain reading."""
    viewer = _keeper(request)
    row = _guide(viewer, public_id)
    text = actions.export_guide(row, by=viewer, now=timezone.now())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.key}.yaml"'
    return response


@require_POST
def import_files(request: HttpRequest) -> HttpResponse:
    """Take guides from files; what cannot be read is told by file, the others are taken."""
    viewer = _keeper(request)
    taken, problems = 0, []
    for file in request.FILES.getlist("uploads")[:MOST_FILES]:
        try:
            text = file.read(MAX_SOURCE * 4).decode("utf-8")
            actions.import_guide(text, by=viewer, now=timezone.now())
        except UnicodeDecodeError:
            problems.append((file.name, [_("This is no text in UTF-8.")]))
        except DomainError as error:
            problems.append((file.name, error.params.get("problems") or [error.message]))
        else:
            taken += 1
    if taken:
        toast(request, ngettext("%(n)s guide read", "%(n)s guides read", taken) % {"n": taken})
    if problems or not taken:
        context = {"problems": problems, "form": ImportForm()}
        return page(request, "knowledge/import.html", context, status=422)
    return go(request, reverse("knowledge:guides"))


def _save(form: GuideForm, row: Guide | None, viewer: Viewer) -> Guide:
    source, now = form.cleaned_data["source"], timezone.now()
    if row is None:
        return actions.create_guide(source, by=viewer, now=now)
    seen = form.cleaned_data["version"] or 0
    return actions.change_guide(row, source, version=seen, by=viewer, now=now)


def _versions(row: Guide | None) -> dict[str, Any]:
    versions = list(row.versions.all()[:20]) if row else []
    return {"versions": versions, "is_drafted": row is not None and _is_drafted(row)}


def _is_drafted(row: Guide) -> bool:
    """Whether the draft says something else than the version that counts."""
    counts = next((one.source for one in row.versions.all() if one.number == row.published), None)
    return row.draft != counts


def _keeper(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    require(can_keep_guides(viewer))
    return viewer


def _guide(viewer: Viewer, public_id: UUID) -> Guide:
    row = visible_guides(viewer).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
