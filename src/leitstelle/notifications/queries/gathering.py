"""What an event has to say, being gathered: claims of people, by who works on the ticket and who leads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import RoleGrant, TeamMembership
from leitstelle.notifications.choices import Kind, Reason
from leitstelle.notifications.models import Follow
from leitstelle.notifications.rules.claims import Claim
from leitstelle.tickets.models import Message, Ticket


@dataclass
class News:
    """What an event has to say: claims, and what a notification about it points at.

    `silent` are people who need not hear; `mailed` those who get this very message as mail of the ticket.
    """

    claims: list[Claim] = field(default_factory=list)
    ticket: Ticket | None = None
    message: Message | None = None
    inbound_id: int | None = None
    actor_id: int | None = None
    urgent: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    mailed: set[int] = field(default_factory=set)


def claim(
    news: News, people: Iterable[int | None], kind: Kind, reason: Reason, *, portal: bool = False
) -> None:
    """Note that these people should hear of it, and why; `portal`: as requesters."""
    news.claims += [Claim(pk, kind, reason, portal) for pk in people if pk is not None]


def members(team_id: int | None, *, leads_only: bool = False) -> list[int]:
    """Who works in a team, or leads it."""
    if team_id is None:
        return []
    rows = TeamMembership.objects.filter(team_id=team_id, person__is_active=True)
    return list((rows.filter(is_lead=True) if leads_only else rows).values_list("person_id", flat=True))


def to_whoever_works(news: News, kind: Kind) -> None:
    """The assignee, or the team while nobody has taken the ticket."""
    assert news.ticket is not None
    if news.ticket.assignee_id is not None:
        claim(news, [news.ticket.assignee_id], kind, Reason.ASSIGNEE)
    else:
        claim(news, members(news.ticket.team_id), kind, Reason.TEAM)


def to_followers(news: News, kind: Kind) -> None:
    """Who asked to hear of everything."""
    followers = Follow.objects.filter(ticket=news.ticket).values_list("person_id", flat=True)
    claim(news, followers, kind, Reason.FOLLOWER)


def to_leads(news: News, kind: Kind) -> None:
    """Who leads the ticket's team; where nobody does, the administrators: somebody is always told."""
    assert news.ticket is not None
    leads = members(news.ticket.team_id, leads_only=True)
    if not leads:
        leads = administrators()
    claim(news, leads, kind, Reason.LEAD)


def administrators() -> list[int]:
    """Who administers the desk."""
    admins = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True)
    return list(admins.values_list("person_id", flat=True))
