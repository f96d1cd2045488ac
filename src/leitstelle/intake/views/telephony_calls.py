"""The log of calls, and the card of what rings at the agent."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leitstelle.catalog.labels import name_of
from leitstelle.intake.actions.availability import choose_availability
from leitstelle.intake.labels import AVAILABILITY
from leitstelle.intake.queries.availability import colleagues_of, state_of
from leitstelle.intake.queries.chat import chats_for
from leitstelle.intake.queries.shown_calls import cards_at, shown_calls
from leitstelle.intake.queries.telephony import recent_calls
from leitstelle.intake.views.call_drafts import agent_of
from leitstelle.kernel.web import go, page, render
from leitstelle.kernel.web.paging import keyset

PAGE_SIZE = 50


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Calls that the telephone systems told of, newest first."""
    viewer = agent_of(request)
    after, before = request.GET.get("after"), request.GET.get("before")
    found = keyset(recent_calls(viewer), ["-started_at", "-pk"], after, before, PAGE_SIZE)
    now = timezone.now()
    own = state_of(viewer.person_id, now)
    context = {
        "rows": shown_calls(viewer, found.items),
        "paging": found,
        "state": (own, AVAILABILITY[own]),
        "colleagues": [(one, code, AVAILABILITY[code]) for one, code in colleagues_of(viewer, now)],
    }
    return page(request, "intake/phone_calls.html", context)


@require_POST
def availability(request: HttpRequest) -> HttpResponse:
    """Be away, or be there again."""
    viewer = agent_of(request)
    choose_availability(is_away=request.POST.get("away") == "1", by=viewer, now=timezone.now())
    return go(request, reverse("intake:phone-calls"))


@require_safe
def ringing(request: HttpRequest) -> HttpResponse:
    """What rings at the viewer, what they speak on, chats that want them; asked for when the live stream says so."""
    viewer, now = agent_of(request), timezone.now()
    context = {"cards": cards_at(viewer, now), "chats": chats_for(viewer, now), "name_of": name_of}
    return render(request, "intake/_ringing.html", context)
