"""Spam by the mail server's word: what was kept apart, and the way out of there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from leitstelle.intake.actions.spam import no_spam
from leitstelle.intake.policies import visible_mail
from leitstelle.intake.queries.spam import KEEP_SPAM, spam
from leitstelle.intake.views.quarantine import PAGE_SIZE, found_mail, need_agent
from leitstelle.kernel.web import go, page, toast
from leitstelle.kernel.web.paging import keyset


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What the mail server calls spam, newest first, with the reason."""
    rows = spam() & visible_mail(need_agent(request))
    found = keyset(
        rows, ["-received_at", "-pk"], request.GET.get("after"), request.GET.get("before"), PAGE_SIZE
    )
    mails = [(mail, _why(mail.decisions)) for mail in found.items]
    return page(request, "intake/spam.html", {"mails": mails, "paging": found, "days": KEEP_SPAM.days})


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that a mail is no spam."""
    viewer = need_agent(request)
    no_spam(found_mail(viewer, public_id), by=viewer, now=timezone.now())
    toast(request, _("The mail becomes what it would have been."))
    return go(request, reverse("intake:spam"))


def _why(decisions: list[dict[str, str]]) -> str:
    return next((item["evidence"] for item in decisions if item.get("step") == "spam"), "")
