"""Reporting a problem in steps: what it is about, what happens, check and send; with or without signing in.

Every step is one POST of the same form; what was typed and chosen travels in it, so nothing needs a script.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leitstelle.intake.actions.portal import SENT, Answers, Guest, report_problem, token_for
from leitstelle.intake.forms.portal import GuestReportForm, ReportForm
from leitstelle.intake.views.portal_areas import Area, area_of, areas, category_id
from leitstelle.intake.views.portal_doors import check_machine, find_report, signed_in
from leitstelle.intake.views.portal_files import file_limits, pack, take_files, unpack
from leitstelle.intake.views.portal_guest import keep_report
from leitstelle.intake.views.portal_home import organisation_of
from leitstelle.intake.views.portal_words import opening, report_of
from leitstelle.kernel import limits
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.knowledge.queries import guides_of_area
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Channel, DraftMode, Kind
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_drafts, visible_tickets
from leitstelle.tickets.rules.inputs import NewFile
from leitstelle.triage.queries.duplicates import Known, already_reported

TEMPLATES = {
    "area": "intake/portal/report_area.html",
    "describe": "intake/portal/report_describe.html",
    "check": "intake/portal/report_check.html",
}
DEFAULTS = {"urgency": "hindered", "impact": "person"}
REPORTS_PER_PERSON = (30, timedelta(hours=1))
STEPS_PER_MACHINE = (120, timedelta(hours=1))
ONE_DAY = timedelta(days=1)
DEVICES = 5


@dataclass(frozen=True)
class Entry:
    """One request to the form: who, the form with its values, the areas, and the files so far."""

    viewer: Viewer
    form: ReportForm
    areas: list[Area]
    area: Area | None
    files: tuple[NewFile, ...] = ()

    @property
    def answers(self) -> Answers:
        """What a valid form says."""
        data = self.form.cleaned_data
        return Answers(
            text=data["body"],
            category_id=category_id(self.area, data["category"]),
            kind=self.area.kind if self.area else Kind.INCIDENT,
            impact=data["impact"],
            urgency=data["urgency"],
            device=data["device"],
            place=data["place"],
            guide=data["guide"],
        )


def report(request: HttpRequest) -> HttpResponse:
    """Show and take the form; the button pressed says which step comes next."""
    viewer = viewer_of(request)
    if request.method != "POST":
        return _first(request, viewer)
    step = request.POST.get("step", "check")
    if step in ("check", "send"):
        return _checked(request, viewer, sends=step == "send")
    entry = _filled(request, viewer, bound=False)
    if step.startswith("drop:"):
        gone = step.removeprefix("drop:")
        entry = replace(entry, files=tuple(f for i, f in enumerate(entry.files) if str(i) != gone))
    return _show(request, entry, "area" if step == "area" else "describe")


def _first(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    found = areas()
    area = area_of(found, request.GET.get("area", ""))
    draft = visible_drafts(viewer).filter(place=f"new:{DraftMode.NEW}").first()
    values = {
        **DEFAULTS,
        "area": area.key if area else "",
        "category": request.GET.get("area", "") if area else "",
        "body": draft.text if draft else request.GET.get("text", "")[:2000],
        "once": str(uuid4()),
        # A poster at a device or a site leads here.
        "device": request.GET.get("device", "")[:80],
        "place": request.GET.get("place", "")[:80],
    }
    entry = Entry(viewer, _form_class(viewer)(initial=values), found, area)
    return _show(request, entry, "describe" if area else "area")


def describe_with(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """Show the second step with what a guide has found out; sending it goes on as any report does."""
    viewer, found = viewer_of(request), areas()
    entry = Entry(viewer, _form_class(viewer)(initial=values), found, area_of(found, values["area"]))
    return _show(request, entry, "describe")


def _form_class(viewer: Viewer) -> type[ReportForm]:
    return ReportForm if viewer.person_id is not None else GuestReportForm


def _filled(request: HttpRequest, viewer: Viewer, *, bound: bool) -> Entry:
    """Read the form: bound to be checked, else only carrying on what was typed."""
    found = areas()
    form_class = _form_class(viewer)
    values: dict[str, Any] = {name: request.POST.get(name, "") for name in form_class.base_fields}
    form = form_class(request.POST) if bound else form_class(initial={**DEFAULTS, **values})
    area = area_of(found, str(values["area"]))
    return Entry(viewer, form, found, area, unpack(str(values["kept"])))


def _checked(request: HttpRequest, viewer: Viewer, *, sends: bool) -> HttpResponse:
    now = timezone.now()
    entry = _filled(request, viewer, bound=True)
    try:
        check_machine(request, "portal.report", *STEPS_PER_MACHINE, now)
        files = take_files(request, entry.form, entry.files)
        entry = replace(entry, files=files)
        if entry.form.is_valid():
            return _send(request, entry, now) if sends else _show(request, entry, "check")
    except DomainError as error:
        add_domain_error(entry.form, error)
        return _show(request, entry, "describe", status=error.status)
    return _show(request, entry, "describe", status=422)


def _send(request: HttpRequest, entry: Entry, now: datetime) -> HttpResponse:
    data, viewer = entry.form.cleaned_data, entry.viewer
    if viewer.person_id is None:
        guest = Guest(name=data["name"], email=data["email"], phone=data["phone"], language=viewer.language)
        kept = keep_report(request, guest, entry.answers, entry.files, now)
        return go(request, reverse("portal:guest-sent", args=[token_for(kept, SENT)]))
    ticket = _sent_before(viewer, data["once"], entry.answers.text, now)
    if ticket is None:
        limit, per = REPORTS_PER_PERSON
        limits.check("portal.report.person", str(viewer.person_id), limit=limit, per=per, now=now)
        ticket = report_problem(entry.answers, entry.files, by=viewer, now=now)
    return go(request, reverse("portal:report-sent", args=[ticket.public_id]))


def _sent_before(viewer: Viewer, once: str, text: str, now: datetime) -> Ticket | None:
    """Return the report this very form has opened already: pressing "send" twice reports once.

    By its words: where the first try failed, another report of these minutes is none of this form.
    """
    if not once or limits.hit("portal.once", f"{viewer.person_id}:{once}", limit=1, per=ONE_DAY, now=now):
        return None
    mine = visible_tickets(viewer).filter(requester_id=viewer.person_id, channel=Channel.PORTAL)
    mine = mine.filter(messages__body__text__startswith=text)
    return mine.filter(opened_at__gt=now - timedelta(minutes=10)).order_by("-opened_at", "-pk").first()


def _show(request: HttpRequest, entry: Entry, step: str, *, status: int = 200) -> HttpResponse:
    context = {
        "form": entry.form,
        "areas": entry.areas,
        "area": entry.area,
        "files": entry.files,
        "kept": pack(entry.files),
        **file_limits(),
        "devices": _own_devices(entry.viewer) if step == "describe" else [],
        "opening": opening(organisation_of(entry.viewer), timezone.now()),
        "chosen": _chosen(entry) if step == "check" else {},
        "known": _known(entry) if step == "check" else [],
        "guides": _guides(entry) if step == "describe" else [],
    }
    return page(request, TEMPLATES[step], context, status=status)


def _guides(entry: Entry) -> list[tuple[str, str]]:
    """Key and title of the guides for what was chosen; none where the report was made with one."""
    if entry.area is None or entry.form["guide"].value():
        return []
    language = entry.viewer.language
    return [(one.guide.key, one.guide.title.of(language)) for one in guides_of_area(entry.area.key, language)]


def _known(entry: Entry) -> list[Known]:
    """Reports this person sees that say nearly the same; guests see none."""
    viewer = entry.viewer
    return already_reported(viewer, entry.answers.text, person_id=viewer.person_id, now=timezone.now())


def _chosen(entry: Entry) -> dict[str, str]:
    """What was chosen, in words, for the page on which it is checked."""
    data = entry.form.cleaned_data
    parts = entry.area.parts if entry.area else ()
    part = next((node.name for node in parts if node.key == data["category"]), "")
    return {
        "about": " › ".join(name for name in (entry.area.name if entry.area else "", part) if name),
        "urgency": str(dict(entry.form.scales["urgency"])[data["urgency"]]),
        "impact": str(dict(entry.form.scales["impact"])[data["impact"]]),
    }


def _own_devices(viewer: Viewer) -> list[str]:
    """Names of devices this person has reported before, newest first, to choose from."""
    if viewer.person_id is None:
        return []
    rows = visible_tickets(viewer).filter(requester_id=viewer.person_id).exclude(device_label="")
    named = rows.values("device_label").annotate(last=Max("opened_at")).order_by("-last")
    return [row["device_label"] for row in named[:DEVICES]]


@signed_in
def report_sent(request: HttpRequest, public_id: Any) -> HttpResponse:
    """Show the number of a new report, and when to expect an answer."""
    ticket = find_report(viewer_of(request), public_id)
    context = {"report": report_of(ticket, timezone.now())}
    return page(request, "intake/portal/report_sent.html", context)


@signed_in
@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep what is being typed; called while the person types."""
    text = request.POST.get("body", "")
    tickets.save_draft(None, DraftMode.NEW, text, by=viewer_of(request), now=timezone.now())
    return HttpResponse(status=204)
