"""Creates service hours, publishes new versions, chooses the default."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts.policies import require
from leitstelle.calendars import actions
from leitstelle.calendars.forms import HoursForm, NameForm, NewCalendarForm
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import can_create_calendar, can_edit_calendar
from leitstelle.calendars.queries import newest_number, version_at, version_value
from leitstelle.calendars.rules import WEEKDAYS, Calendar
from leitstelle.calendars.views.presenting import previewed
from leitstelle.calendars.views.reading import visible_or_404
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_http_methods(["GET", "POST"])
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A form for new service hours; `do=preview` only shows what they would mean."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_create_calendar(viewer))
    form = NewCalendarForm(request.POST or None, viewer=viewer, now=now)
    if _wants_saving(request) and form.is_valid():
        new = actions.NewCalendar(
            form.key(), form.cleaned_data["name"], form.hours(), form.cleaned_data["organisation"]
        )
        try:
            calendar = actions.create_calendar(new, by=viewer, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Service hours created"))
            return go(request, _url(calendar))
    return _form_page(request, form, None, NewCalendarForm.example())


@require_http_methods(["GET", "POST"])
def calendar_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A form for the next version, filled with the hours of now; `do=preview` only shows what it would mean."""
    viewer, now = viewer_of(request), timezone.now()
    calendar = visible_or_404(viewer, public_id)
    require(can_edit_calendar(viewer, calendar))
    known = version_value(version_at(calendar, now))
    initial = HoursForm.initial_of(known)
    initial["seen"] = newest_number(calendar)
    form = HoursForm(request.POST or None, now=now, initial=initial)
    if _wants_saving(request) and form.is_valid():
        try:
            actions.publish_version(
                calendar,
                form.hours(),
                valid_from=form.begins(),
                seen=form.cleaned_data["seen"],
                by=viewer,
                now=now,
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("New service hours published"))
            return go(request, _url(calendar))
    return _form_page(request, form, calendar, known)


def _wants_saving(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") != "preview"


def _form_page(
    request: HttpRequest, form: HoursForm, calendar: ServiceCalendar | None, known: Calendar
) -> HttpResponse:
    """The form with what it would mean; before anything was sent, what the hours it began with (`known`) mean."""
    tries = request.POST.get("do") == "preview"
    hours = form.readable_hours() if form.is_bound else known
    start = max(form.now, form.begins()) if form.is_bound and hours is not None else form.now
    preview = previewed(hours, start) if hours is not None else None
    context = {"form": form, "calendar": calendar, "weekdays": WEEKDAYS, "preview": preview}
    if tries and request.headers.get("HX-Request"):
        return page(request, "calendars/_preview.html", context)
    status = 422 if form.errors and not tries else 200
    return page(request, "calendars/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def calendar_name(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A form for another name."""
    viewer = viewer_of(request)
    calendar = visible_or_404(viewer, public_id)
    require(can_edit_calendar(viewer, calendar))
    form = NameForm(request.POST or None, initial={"name": calendar.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_calendar(calendar, form.cleaned_data["name"], by=viewer, now=timezone.now())
        toast(request, _("Name changed"))
        return go(request, _url(calendar))
    context = {"form": form, "calendar": calendar}
    return page(request, "calendars/name.html", context, status=422 if form.errors else 200)


@require_POST
def calendar_default(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make these service hours their owner's default."""
    viewer = viewer_of(request)
    calendar = visible_or_404(viewer, public_id)
    actions.set_default(calendar, by=viewer, now=timezone.now())
    toast(request, _("These service hours are the default now"))
    return go(request, _url(calendar))


@require_POST
def calendar_active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Retire service hours (`to=retired`), or restore them."""
    viewer, now = viewer_of(request), timezone.now()
    calendar = visible_or_404(viewer, public_id)
    if request.POST.get("to") == "retired":
        actions.retire_calendar(calendar, by=viewer, now=now)
        toast(request, _("Service hours retired"))
    else:
        actions.restore_calendar(calendar, by=viewer, now=now)
        toast(request, _("Service hours restored"))
    return go(request, _url(calendar))


def _url(calendar: ServiceCalendar) -> str:
    return reverse("calendars:detail", args=[calendar.public_id])
