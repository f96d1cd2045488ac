"""While a ticket is typed for somebody: is there one already?"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.queries import search_people
from leitstelle.intake.views.quarantine import need_agent
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import render
from leitstelle.triage.queries.duplicates import already_reported


@require_POST
def like(request: HttpRequest) -> HttpResponse:
    """Open tickets that say nearly the same as what stands in the form (`subject`, `text` or `body`, who it is)."""
    viewer = need_agent(request)
    sent = request.POST
    text = " ".join(sent.get(name, "")[:4000] for name in ("subject", "text", "body"))
    person = _person(viewer, request)
    found = already_reported(viewer, text, person_id=person.pk if person else None, now=timezone.now())
    return render(request, "intake/_like.html", {"found": found})


def _person(viewer: Viewer, request: HttpRequest) -> Person | None:
    """Who was chosen, else the only one who fits what was typed."""
    chosen = request.POST.get("person", "")
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18:
        return visible_people(viewer).filter(pk=int(chosen)).first()
    typed = request.POST.get("requester", "").strip()
    found = search_people(viewer, typed, limit=2) if len(typed) > 2 else []
    return found[0] if len(found) == 1 else None
