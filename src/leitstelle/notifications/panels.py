"""Where notifications appear: the bell, the button on a ticket, sentences, menus, live topics."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Panel,
    fill,
    register_admin_section,
    register_bell,
    register_nav,
)
from leitstelle.kernel.web.live import live_topic, register_live_check
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.notifications.events import PeopleNotified
from leitstelle.notifications.policies import can_set_defaults, visible_follows, visible_notifications
from leitstelle.notifications.queries.bell import bell_of
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

TOPIC = "notifications"


def _signed_in(viewer: Viewer) -> bool:
    return viewer.person_id is not None


register_nav(
    "notifications", gettext_lazy("Notifications"), "notifications:list", "bell", 5, _signed_in, area="user"
)
register_nav(
    "notification-preferences",
    gettext_lazy("What I am told"),
    "notifications:preferences",
    "settings",
    15,
    _signed_in,
    area="user",
)
register_admin_section(
    AdminSection(
        "notifications",
        gettext_lazy("Notifications"),
        "notifications:defaults",
        "bell",
        gettext_lazy("Channels"),
        40,
        description=gettext_lazy("What each role is told, in the product and by mail"),
        shows=can_set_defaults,
    )
)


@register_bell
def show_bell(viewer: Viewer) -> Panel | None:
    """Show how much is unread, where the pages of notifications are installed."""
    try:
        reverse("notifications:list")
    except NoReverseMatch:
        return None
    return Panel("notifications/_bell.html", {"bell": bell_of(viewer), "topic": TOPIC})


@fill("ticket.header", order=50)
def follow_button(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Offer to follow a ticket, and note that what was told about it is seen; one query for all."""
    if not viewer.is_agent or viewer.person_id is None:
        return {}
    rows = visible_tickets(viewer).filter(pk__in=[ticket.pk for ticket in tickets])
    unread = visible_notifications(viewer).filter(read_at__isnull=True)
    known = rows.annotate(
        follows=Exists(visible_follows(viewer).filter(ticket=OuterRef("pk"))),
        fresh=Exists(unread.filter(ticket=OuterRef("pk"))),
    ).values_list("pk", "public_id", "follows", "fresh")
    return {
        pk: Panel("notifications/_follow.html", {"public_id": public_id, "follows": follows, "fresh": fresh})
        for pk, public_id, follows, fresh in known
    }


@fill("report.header", order=50)
def note_seen_report(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Note that what the viewer was told about a report is seen."""
    unread = visible_notifications(viewer).filter(
        read_at__isnull=True, ticket__in=[one.pk for one in tickets]
    )
    fresh = set(unread.values_list("ticket_id", flat=True))
    return {
        ticket.pk: Panel("notifications/_seen.html", {"public_id": ticket.public_id})
        for ticket in tickets
        if ticket.pk in fresh
    }


@live_topic(PeopleNotified, audience="everyone")
def told_topics(event: Event) -> Iterable[str]:
    """Everybody's bell listens; who hears is decided below."""
    return (TOPIC,)


def _told_to(viewer: Viewer, ids: Collection[int]) -> set[int]:
    """Only who was told of an event hears that somebody was."""
    return set(visible_notifications(viewer).filter(event_id__in=ids).values_list("event_id", flat=True))


register_live_check("told", _told_to)


@register_sentence("notifications.ticket_followed", "eye")
def followed(data: Mapping[str, Any]) -> str:
    """Say that somebody follows."""
    return _("follows the ticket")


@register_sentence("notifications.ticket_unfollowed", "eye")
def unfollowed(data: Mapping[str, Any]) -> str:
    """Say that somebody follows no longer."""
    return _("no longer follows the ticket")
