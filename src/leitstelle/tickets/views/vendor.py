"""Cases at vendors: the pack, the thread, where it stands; and the table of all vendors."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.choices import VendorVerb
from leitstelle.tickets.forms import VendorCaseForm, VendorMessageForm
from leitstelle.tickets.labels import DELIVERY, VENDOR_STATE, VENDOR_VERB
from leitstelle.tickets.models import Ticket, VendorCase
from leitstelle.tickets.policies import visible_vendor_cases
from leitstelle.tickets.queries import vendor as reads
from leitstelle.tickets.rules.inputs import NewFile
from leitstelle.tickets.rules.vendor import possible
from leitstelle.tickets.views.doors import agents_only, find_ticket, store_uploads
from leitstelle.tickets.views.ticket import head_context
from leitstelle.tickets.views.timeline import shown_text

LEAGUE = (30, 90, 365)


@agents_only
@require_http_methods(["GET", "POST"])
def new_vendor_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the pack from what is chosen, let a person edit it, and send it."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    pack = reads.pack_of(viewer, ticket)
    targets = reads.vendors_for(viewer, ticket, pack.devices)
    form = VendorCaseForm(request.POST or None, pack=pack, targets=targets)
    if request.method == "POST" and "build" in request.POST:
        form = VendorCaseForm(form.rebuilt(_pack_text(pack, form)), pack=pack, targets=targets, building=True)
    elif request.method == "POST" and form.is_valid():
        try:
            case = _open(ticket, form, request, viewer)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Sent to the vendor.") if case.mail_to else _("Case noted."))
            return go(request, case_url(case))
    elif request.method == "GET":
        form.initial["text"] = _pack_text(pack, form)
    context = {**head_context(ticket, viewer), "form": form, "pack": pack, "targets": targets}
    return page(
        request, "tickets/vendor_new.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _pack_text(pack: reads.Pack, form: VendorCaseForm) -> str:
    """The pack in the vendor's language, of what is ticked."""
    chosen = form.chosen()
    vendor = chosen.pop("vendor")
    with translation.override(vendor.language if vendor else translation.get_language()):
        text: str = get_template("tickets/vendor_pack.txt", using="jinja2").render(
            {"pack": pack, "ticket": pack.ticket, "vendor": vendor, "name_of": name_of, **chosen}
        )
    return text.strip() + "\n"


def _open(ticket: Ticket, form: VendorCaseForm, request: HttpRequest, viewer: Viewer) -> VendorCase:
    data = form.cleaned_data
    kept = [
        NewFile(blob_id=one.blob_id, filename=one.filename, content_type=one.content_type, size=one.size)
        for one in form.chosen()["files"]
    ]
    vendor, contract = form.asked()
    new = actions.NewVendorCase(
        vendor=vendor,
        contract=contract,
        subject=data["subject"],
        text=data["text"],
        external_number=data["external_number"],
        files=(*kept, *store_uploads(request.FILES.getlist("uploads"))),
    )
    return actions.open_vendor_case(ticket, new, by=viewer, now=timezone.now())


@agents_only
@require_safe
def vendor_case(request: HttpRequest, public_id: UUID, case_id: UUID) -> HttpResponse:
    """One case: its thread, clock and number."""
    viewer = viewer_of(request)
    ticket, case = _find(viewer, public_id, case_id)
    return _case_page(request, ticket, case, VendorMessageForm())


def _case_page(
    request: HttpRequest, ticket: Ticket, case: VendorCase, form: VendorMessageForm
) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    clocks = reads.clocks_of_case(case, now)
    context = {
        **head_context(ticket, viewer),
        "case": case,
        "case_url": case_url(case),
        "form": form,
        "thread": [(message, shown_text(message)) for message in reads.thread_of(viewer, case)],
        "promises": [
            (name, drawn)
            for name, promise in ((_("Answer"), clocks.response), (_("Solution"), clocks.resolution))
            if (drawn := reads.shown_promise(promise)) is not None
        ],
        "state_name": VENDOR_STATE[case.state],
        "verbs": [(verb, VENDOR_VERB[verb]) for verb in possible(case.state)],
        "delivery_names": DELIVERY,
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "tickets/vendor_case.html", context, status=status)


@agents_only
@require_POST
def write_to_vendor(request: HttpRequest, public_id: UUID, case_id: UUID) -> HttpResponse:
    """Write to the vendor, or note what was said on the telephone."""
    viewer = viewer_of(request)
    ticket, case = _find(viewer, public_id, case_id)
    form = VendorMessageForm(request.POST)
    if form.is_valid():
        files = store_uploads(request.FILES.getlist("uploads"))
        as_note = "note" in request.POST
        try:
            actions.write_to_vendor(
                case, form.cleaned_data["text"], by=viewer, now=timezone.now(), files=files, as_note=as_note
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Note saved.") if as_note or not case.mail_to else _("Sent to the vendor."))
            return go(request, case_url(case))
    return _case_page(request, ticket, case, form)


@agents_only
@require_POST
def move_vendor_case(request: HttpRequest, public_id: UUID, case_id: UUID) -> HttpResponse:
    """Say where the case stands."""
    viewer = viewer_of(request)
    _ticket, case = _find(viewer, public_id, case_id)
    verb = request.POST.get("verb", "")
    if verb not in VendorVerb.values:
        raise Http404
    seen = request.POST.get("version", "")
    expected = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        actions.move_vendor_case(case, VendorVerb(verb), by=viewer, now=timezone.now(), expected=expected)
    except DomainError as error:
        toast(request, error.message, "warn")
    else:
        toast(request, _("Saved"))
    return go(request, case_url(case))


@agents_only
@require_POST
def vendor_number(request: HttpRequest, public_id: UUID, case_id: UUID) -> HttpResponse:
    """Note the vendor's own number."""
    viewer = viewer_of(request)
    _ticket, case = _find(viewer, public_id, case_id)
    number = request.POST.get("external_number", "")[:60]
    actions.note_vendor_number(case, number, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, case_url(case))


@agents_only
@require_safe
def vendors(request: HttpRequest) -> HttpResponse:
    """Who keeps what was promised, and what is with vendors now."""
    viewer, now = viewer_of(request), timezone.now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, LEAGUE) else LEAGUE[1]
    ongoing = [
        (case, reads.shown_promise(reads.clocks_of_case(case, now).next))
        for case in reads.ongoing_cases(viewer)[:100]
    ]
    context = {
        "rows": reads.league(viewer, since=timezone.localdate() - timedelta(days=days), now=now),
        "ongoing": ongoing,
        "days": days,
        "spans": LEAGUE,
        "state_names": VENDOR_STATE,
        "case_url": case_url,
    }
    return page(request, "tickets/vendors.html", context)


def case_url(case: VendorCase) -> str:
    """The address of a case; its ticket should be loaded."""
    return reverse("tickets:vendor-case", args=[case.ticket.public_id, case.public_id])


def _find(viewer: Viewer, public_id: UUID, case_id: UUID) -> tuple[Ticket, VendorCase]:
    ticket = find_ticket(viewer, public_id)
    rows = (
        visible_vendor_cases(viewer).filter(ticket=ticket).select_related("vendor", "contract", "opened_by")
    )
    case = get_object_or_404(rows, public_id=case_id)
    case.ticket = ticket
    return ticket, case
