"""Calling by a click: the agent's own telephone rings first. Where that is not possible, the page dials by itself."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts.queries.callers import dial_countries
from leitstelle.accounts.rules import format_phone
from leitstelle.intake.actions.dialing import note_asked
from leitstelle.intake.errors import NotDialled
from leitstelle.intake.gateways.dialing import dial
from leitstelle.intake.queries.dialing import dialling_of
from leitstelle.intake.rules.telephony.calls import dialled_number
from leitstelle.intake.views.call_drafts import agent_of
from leitstelle.kernel.limits import check

PER_MINUTE = 20


@require_POST
def dialled(request: HttpRequest) -> HttpResponse:
    """Have a number called from the agent's telephone: 200 it rings, 409 the agent has no line for it, 422 no number,
    502 the telephone system did not take it; each with a sentence.
    """
    viewer, now = agent_of(request), timezone.now()
    number = dialled_number(request.POST.get("number", "")[:80].replace(" ", ""), dial_countries()[0])
    if not number:
        return _said(422, _("This number cannot be called."))
    dialling = dialling_of(viewer)
    if dialling is None:
        return _said(409, _("No telephone system makes calls for you."))
    check("dialling", str(viewer.person_id), limit=PER_MINUTE, per=timedelta(minutes=1), now=now)
    try:
        dial(dialling, number)
    except NotDialled as error:
        note_asked(dialling.source, problem=str(error.params["problem"]), by=viewer, now=now)
        return _said(502, str(error.message))
    note_asked(dialling.source, problem="", by=viewer, now=now)
    return _said(
        200, _("Your telephone rings. Pick up, and %(number)s is called.") % {"number": format_phone(number)}
    )


def _said(status: int, text: str) -> JsonResponse:
    return JsonResponse({"text": text}, status=status)
