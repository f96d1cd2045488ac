"""What telephony brings to the shells: the card of what rings, the log of calls, calls on people and tickets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import can_administer
from leitstelle.accounts.rules import format_phone
from leitstelle.intake.events import CallAnswered, CallEnded, CallJoined, CallRang
from leitstelle.intake.labels import PHONE_OUTCOME
from leitstelle.intake.panels.chat import WAITING, own_chats
from leitstelle.intake.policies import visible_phone_calls
from leitstelle.intake.queries.availability import words_for_unavailable
from leitstelle.intake.queries.dialing import can_dial
from leitstelle.intake.queries.shown_calls import shown_calls, talked_in
from leitstelle.intake.queries.telephony import calls_of_person, calls_on_tickets
from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Command,
    Panel,
    fill,
    register_admin_section,
    register_command,
    register_corner,
)
from leitstelle.kernel.web.live import live_topic, register_live_check
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.people import register_unavailable

CALLS_SHOWN = 5


@register_corner
def what_rings(viewer: Viewer) -> Panel | None:
    """The empty place of the cards; it is filled when the live stream says that something rings, or somebody chats."""
    if not viewer.is_agent or viewer.person_id is None:
        return None
    topics = f"{_topic(viewer.person_id)} {WAITING} {own_chats(viewer.person_id)}"
    return Panel("intake/_corner.html", {"topic": topics, "dials": can_dial(viewer)})


register_unavailable(words_for_unavailable)


def _topic(person_id: int) -> str:
    return f"telephone:{person_id}"


@live_topic(CallRang, CallAnswered, CallEnded, CallJoined)
def telephone_topics(event: Event) -> Iterable[str]:
    """Whoever's telephone rings hears of it, and everybody who has the log of calls open."""
    data = event.load()
    agents = data.agents if isinstance(data, CallRang | CallAnswered | CallEnded | CallJoined) else ()
    return ("telephone", *map(_topic, agents))


def _visible_ids(viewer: Viewer, ids: Collection[int]) -> set[int]:
    return set(visible_phone_calls(viewer).filter(pk__in=ids).values_list("pk", flat=True))


register_live_check("phone_call", _visible_ids)
register_admin_section(
    AdminSection(
        "telephony",
        gettext_lazy("Telephone systems"),
        "intake:telephony",
        "phone",
        gettext_lazy("Channels"),
        30,
        description=gettext_lazy("Telephone systems that report calls, and whose telephone rings where"),
        shows=can_administer,
    )
)
register_command(
    Command(
        "call.log",
        gettext_lazy("Log of calls"),
        "intake:phone-calls",
        "phone-incoming",
        16,
        shows=lambda viewer: viewer.is_agent,
    )
)


@fill("person.page", order=20)
def calls_of(viewer: Viewer, people: Sequence[Person]) -> dict[int, Panel]:
    """Show the latest calls with somebody on their page."""
    if not viewer.is_agent:
        return {}
    found = {person.pk: calls_of_person(viewer, person, CALLS_SHOWN) for person in people}
    return {
        pk: Panel("intake/_calls_of_person.html", {"rows": shown_calls(viewer, calls)})
        for pk, calls in found.items()
        if calls
    }


@fill("ticket.sidebar", order=6)
def calls_on(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show the calls that belong to each ticket, with a way to call back; one statement."""
    if not viewer.is_agent:
        return {}
    panels = {}
    for pk, calls in calls_on_tickets(viewer, [ticket.pk for ticket in tickets]).items():
        number = next((call.number for call in calls if call.number), "")
        rows = [(call, PHONE_OUTCOME[call.outcome], talked_in(call)) for call in calls[:CALLS_SHOWN]]
        context = {"calls": rows, "number": number, "shown": format_phone(number) if number else ""}
        panels[pk] = Panel("intake/_calls_on_ticket.html", context)
    return panels


@register_sentence("intake.call_joined", "phone")
def joined(data: Mapping[str, Any]) -> str:
    """Say that a call belongs to a ticket."""
    return _("added a telephone call")
