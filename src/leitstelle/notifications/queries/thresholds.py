"""Whom a deadline concerns that comes close or has passed: as the escalation chain says, else whoever works on it."""

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import RoleGrant
from leitstelle.accounts.queries import with_ancestors
from leitstelle.kernel.events import Event
from leitstelle.notifications.choices import Kind, Reason
from leitstelle.notifications.models import Notification
from leitstelle.notifications.queries.gathering import (
    News,
    administrators,
    claim,
    members,
    to_followers,
    to_leads,
    to_whoever_works,
)
from leitstelle.sla.choices import StepAction
from leitstelle.sla.events import ThresholdReached
from leitstelle.sla.models import EscalationStep
from leitstelle.triage.events import Escalated


def threshold(event: Event, data: ThresholdReached, news: News) -> None:
    """Where the agreement has an escalation chain, that says who is told (`escalated`)."""
    if EscalationStep.objects.filter(version=data.agreement_version, metric=data.metric).exists():
        return
    breach = data.percent >= 100
    kind = Kind.BREACH if breach else Kind.WARNING
    news.data = {"metric": data.metric, "percent": data.percent}
    news.urgent = news.urgent or breach
    to_whoever_works(news, kind)
    to_followers(news, kind)
    if breach and news.ticket is not None:
        claim(news, members(news.ticket.team_id, leads_only=True), kind, Reason.LEAD)


def escalated(event: Event, data: Escalated, news: News) -> None:
    """A chain tells people; its other steps tell themselves. Nobody hears of one threshold twice."""
    breach = data.percent >= 100
    kind = Kind.BREACH if breach else Kind.WARNING
    news.data = {"metric": data.metric, "percent": data.percent}
    news.urgent = news.urgent or breach
    if data.action == StepAction.REMIND:
        to_whoever_works(news, kind)
    elif data.action == StepAction.LEAD:
        to_leads(news, kind)
    elif data.action == StepAction.MANAGER:
        _to_managers(news, kind)
    elif data.action == StepAction.CONTACT:
        _to_contacts(news, missed=breach)
    news.silent |= _told_of_threshold(event, data)


def _to_managers(news: News, kind: Kind) -> None:
    """Who leads the whole desk, whatever the team; where nobody does, the administrators."""
    leads = RoleGrant.objects.filter(role=Role.TEAM_LEAD, team=None, level=None, person__is_active=True)
    people = set(leads.values_list("person_id", flat=True))
    claim(news, people or administrators(), kind, Reason.MANAGER)


def _to_contacts(news: News, *, missed: bool) -> None:
    """The contacts of the ticket's customer and of those above it, in the words of the portal."""
    assert news.ticket is not None
    news.data = {"missed": missed}
    above = with_ancestors(news.ticket.organisation_id)
    contacts = RoleGrant.objects.filter(role=Role.CUSTOMER_CONTACT, organisation__in=above)
    people = contacts.filter(person__is_active=True).values_list("person_id", flat=True)
    claim(news, set(people), Kind.LATE, Reason.CONTACT, portal=True)


def _told_of_threshold(event: Event, data: Escalated) -> set[int]:
    """Who was told by another step at the same mark."""
    others = Event.objects.filter(
        subject_kind=event.subject_kind, subject_id=event.subject_id, code=event.code, pk__lt=event.pk
    )
    same = [
        one.pk
        for one in others
        if (one.data.get("cause"), one.data.get("percent")) == (data.cause, data.percent)
    ]
    told = Notification.objects.filter(event_id__in=same)
    return set(told.values_list("person_id", flat=True)) if same else set()
