"""The quarantine: what could not be processed, why, its source, and another try."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from leitstelle.intake.actions import drop, replay, replay_all
from leitstelle.intake.choices import InboundState
from leitstelle.intake.labels import INBOUND_STATE, REASON
from leitstelle.intake.models import InboundMail
from leitstelle.intake.policies import visible_mail
from leitstelle.intake.queries import decisions_of, note_in_words, quarantined
from leitstelle.kernel.blobs import open_blob
from leitstelle.kernel.blobs import response as file_response
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.paging import keyset

PAGE_SIZE = 50
SOURCE_SHOWN = 65_536


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, newest first."""
    viewer = need_agent(request)
    rows = quarantined() & visible_mail(viewer)
    found = keyset(
        rows, ["-received_at", "-pk"], request.GET.get("after"), request.GET.get("before"), PAGE_SIZE
    )
    return page(
        request,
        "intake/quarantine.html",
        {
            "mails": [(mail, REASON.get(mail.reason_code, mail.reason_code)) for mail in found.items],
            "paging": found,
        },
    )


@require_safe
def inbound(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One inbound mail with its decisions and the beginning of its source."""
    viewer = need_agent(request)
    mail = found_mail(viewer, public_id)
    with open_blob(mail.raw) as file:
        source = file.read(SOURCE_SHOWN).decode("utf-8", "replace")
    context = {
        "mail": mail,
        "state": INBOUND_STATE[mail.state],
        "reason": REASON.get(mail.reason_code, mail.reason_code),
        "reason_detail": note_in_words(mail.reason_detail),
        "decisions": decisions_of(mail),
        "source": source,
        "waits": mail.state == InboundState.QUARANTINED,
        "trace": mail.error_trace if viewer.is_admin else "",
    }
    return page(request, "intake/inbound.html", context)


@require_safe
def source(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The whole mail as a file."""
    mail = found_mail(need_agent(request), public_id)
    return file_response(mail.raw, f"mail-{mail.pk}.eml")


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a mail again, or let nothing come of it."""
    viewer = need_agent(request)
    mail = found_mail(viewer, public_id)
    if request.POST.get("decision") == "drop":
        drop(mail, by=viewer, now=timezone.now())
        toast(request, _("Nothing comes of this mail; its source is kept."))
    else:
        replay(mail, by=viewer, now=timezone.now())
        toast(request, _("The mail is tried again."))
    return go(request, reverse("intake:quarantine"))


@require_POST
def decide_all(request: HttpRequest) -> HttpResponse:
    """Try everything again."""
    count = replay_all(by=need_agent(request), now=timezone.now())
    toast(
        request,
        ngettext("%(num)s mail is tried again.", "%(num)s mails are tried again.", count) % {"num": count},
    )
    return go(request, reverse("intake:quarantine"))


def need_agent(request: HttpRequest) -> Viewer:
    """Return the agent who asks. Raises `NotAllowed`."""
    viewer = viewer_of(request)
    if not viewer.is_agent:
        raise NotAllowed
    return viewer


def found_mail(viewer: Viewer, public_id: UUID) -> InboundMail:
    """Return a mail the viewer sees, else raise `Http404`."""
    return get_object_or_404(
        visible_mail(viewer).complete().select_related("mailbox", "raw", "ticket"), public_id=public_id
    )
