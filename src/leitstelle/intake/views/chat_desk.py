"""The agents' side of a chat: who waits, being there for it, taking, answering, passing on, ending."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions.chat import (
    Words,
    be_there,
    end_as_agent,
    say_as_agent,
    take_chat,
    ticket_of,
)
from leitstelle.intake.actions.chat_passing import pass_chat
from leitstelle.intake.choices import ChatState
from leitstelle.intake.forms.chat import PassForm, SayForm
from leitstelle.intake.models import Chat
from leitstelle.intake.policies import can_pass_over_limit, visible_chats
from leitstelle.intake.queries.chat import queue_of, receivers_of, there_until
from leitstelle.intake.queries.level0 import look_at
from leitstelle.intake.queries.shown_chats import pane_of
from leitstelle.intake.views.call_drafts import agent_of
from leitstelle.intake.views.portal_files import take_files
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, render, toast
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.kernel.web.pages import is_fragment
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_see
from leitstelle.tickets.queries.guides import told_runs


@require_safe
def chats(request: HttpRequest) -> HttpResponse:
    """Who waits, longest first; one's own chats and those of others."""
    viewer = agent_of(request)
    context = {"queue": queue_of(viewer), "there": there_until(viewer, timezone.now())}
    return page(request, "intake/chat/chats.html", context, fragment="intake/chat/_queue.html")


@require_POST
def there(request: HttpRequest) -> HttpResponse:
    """Say that one is there for chats, or no longer."""
    viewer = agent_of(request)
    be_there(there=request.POST.get("there") == "1", by=viewer, now=timezone.now())
    return go(request, reverse("intake:chats"))


@require_safe
def chat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One chat beside its ticket; the lines alone where the live stream asks for them."""
    viewer, found = _found(request, public_id)
    context = pane_of(viewer, found) | _beside(viewer, found)
    return page(request, "intake/chat/chat.html", context, fragment="intake/chat/_lines.html")


@require_POST
def say(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer. What cannot be sent stays in the form, with the reason."""
    viewer, found = _found(request, public_id)
    form = SayForm(request.POST)
    if form.is_valid():
        files = take_files(request, form)
        words = Words(key=form.cleaned_data["key"], text=form.cleaned_data["text"], files=files)
        try:
            if not form.errors:
                say_as_agent(found, words, by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
    if not form.errors:
        if is_fragment(request):
            return render(request, "intake/chat/_lines.html", pane_of(viewer, found))
        return go(request, reverse("intake:chat", args=[found.public_id]))
    errors = [str(error) for found_errors in form.errors.values() for error in found_errors]
    typed = {"key": request.POST.get("key", ""), "typed": request.POST.get("text", "")}
    context = pane_of(viewer, found, errors=errors, **typed) | _beside(viewer, found)
    return page(request, "intake/chat/chat.html", context, fragment="intake/chat/_lines.html", status=422)


@require_POST
def step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take, pass on or end a chat."""
    viewer, found = _found(request, public_id)
    now, wanted = timezone.now(), request.POST.get("step", "")
    here = reverse("intake:chat", args=[found.public_id])
    try:
        if wanted == "take":
            take_chat(found, by=viewer, now=now)
        elif wanted == "end":
            end_as_agent(found, by=viewer, now=now)
        elif wanted == "pass":
            return _pass_on(request, viewer, found)
    except DomainError as error:
        toast(request, error.message, "warn")
    return go(request, here)


def _pass_on(request: HttpRequest, viewer: Viewer, found: Chat) -> HttpResponse:
    """To a team or a person; what is wrong stands in the form."""
    form = _pass_form(viewer, found, request.POST)
    if form.is_valid():
        to = form.passing()
        try:
            pass_chat(found, to, by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            whom = to.person.display_name if to.person else to.team.name
            toast(request, _("The chat was passed on to %(name)s.") % {"name": whom})
            return go(request, reverse("intake:chats"))
    found.refresh_from_db()
    context = pane_of(viewer, found) | _beside(viewer, found) | {"pass_form": form}
    return page(request, "intake/chat/chat.html", context, status=422)


def _pass_form(viewer: Viewer, found: Chat, data: Any = None) -> PassForm:
    ticket = ticket_of(found)
    return PassForm(
        data,
        initial={"tried": told_runs(ticket, viewer)},
        teams=list(Team.objects.filter(is_active=True).order_by("name", "pk")),
        receivers=receivers_of(found, timezone.now()),
        may_exceed=can_pass_over_limit(viewer),
    )


def _found(request: HttpRequest, public_id: UUID) -> tuple[Viewer, Chat]:
    viewer = agent_of(request)
    rows = visible_chats(viewer).select_related("door", "agent", "person")
    return viewer, get_object_or_404(rows, public_id=public_id)


def _beside(viewer: Viewer, found: Chat) -> dict[str, Any]:
    """The ticket, and whom the desk knows under the address the visitor gave; nobody has proven that it is them."""
    ticket: Ticket | None = ticket_of(found)
    if ticket is not None and not can_see(viewer, ticket):
        ticket = None
    pass_form = _pass_form(viewer, found) if found.state == ChatState.ACTIVE else None
    known: Person | None = None if found.person_id else find_by_email(found.email)
    at = look_at(found.aid, viewer.language)
    return {"ticket": ticket, "guided": at.title if at else "", "known": known, "pass_form": pass_form}
