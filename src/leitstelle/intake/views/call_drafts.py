"""Calls that are begun and not entered: every opened form keeps its own words, and is found again."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leitstelle.intake.forms.calls import typed
from leitstelle.intake.queries import call_entered
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, viewer_of
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.models import Draft
from leitstelle.tickets.policies import visible_drafts

# What makes a draft worth keeping; the rest stands in every form.
WORDS = ("who", "subject", "body", "answer", "tried", "reason", "caller_name", "caller_number")
# As many begun calls are offered; older ones follow when these are entered or discarded.
OFFERED = 5
TITLE = 60


@dataclass(frozen=True)
class Other:
    """A call begun in another form: its key, what it is recognised by, and when it was last typed in (aware)."""

    once: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Begun:
    """The key of a form, what is kept of it, and the calls begun in other forms, newest first."""

    once: UUID
    draft: Draft | None
    values: dict[str, str]
    others: list[Other]


def agent_of(request: HttpRequest) -> Viewer:
    """Return the agent who asks; raises `NotAllowed` for everybody else."""
    viewer = viewer_of(request)
    if not viewer.is_agent:
        raise NotAllowed()
    return viewer


def wanted_form(request: HttpRequest) -> UUID | None:
    """Return the key of the form that the address names, so that a reload finds what was typed there."""
    try:
        return UUID(request.GET.get("form", ""))
    except ValueError:
        return None


def begun_calls(viewer: Viewer, wanted: UUID | None) -> Begun:
    """Return what is kept of the wanted form, or a new key; a form that was entered begins anew."""
    drafts = visible_drafts(viewer).filter(ticket=None, mode=DraftMode.CALL)
    place = tickets.place_of(None, DraftMode.CALL, wanted.hex) if wanted else ""
    others = [_other(draft) for draft in drafts.exclude(place=place).order_by("-updated_at")[:OFFERED]]
    if wanted is None or call_entered(viewer, str(wanted)):
        return Begun(uuid4(), None, {}, others)
    draft = drafts.filter(place=place).first()
    return Begun(wanted, draft, json.loads(draft.text) if draft else {}, others)


def _other(draft: Draft) -> Other:
    values: dict[str, str] = json.loads(draft.text)
    named = (values.get(name, "").strip() for name in ("caller_name", "who", "caller_number"))
    about = (values.get(name, "").strip() for name in ("subject", "body", "answer", "tried"))
    first = [next(filter(None, words), "").partition("\n")[0] for words in (named, about)]
    title = " · ".join(filter(None, first))
    return Other(values["once"], title if len(title) <= TITLE else f"{title[:TITLE]} …", draft.updated_at)


def has_words(values: dict[str, str]) -> bool:
    """Whether a form holds anything typed; that somebody was only looked up is not worth keeping."""
    looked_up = values.get("person", "").isdigit()
    return any(values.get(name, "").strip() for name in WORDS if not (name == "who" and looked_up))


@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Keep the whole form as it stands; called while the agent types. "discard" begins a new call."""
    viewer = agent_of(request)
    values = typed(request.POST.dict())
    discards = request.POST.get("step") == "discard"
    done = go(request, reverse("intake:call")) if discards else HttpResponse(status=204)
    try:
        once = UUID(values.get("once", ""))
    except ValueError:
        return done
    if call_entered(viewer, str(once)):
        return done  # sent at the last moment: the call is entered, nothing is left to keep
    text = json.dumps({**values, "once": str(once)}) if not discards and has_words(values) else ""
    tickets.save_draft(None, DraftMode.CALL, text, by=viewer, now=timezone.now(), key=once.hex)
    return done
