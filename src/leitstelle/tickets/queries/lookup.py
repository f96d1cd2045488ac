"""Reads of the ticket core that span tables; no visibility is decided here."""

from collections.abc import Iterable

from leitstelle.accounts.models import Team
from leitstelle.accounts.queries import schemes_in_use
from leitstelle.kernel.kept import kept
from leitstelle.tickets.choices import Verb
from leitstelle.tickets.errors import StepNotPossible
from leitstelle.tickets.models import Status, Ticket, TicketAlias, Transition
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.rules.life_cycle import Step, destination


@kept("catalog")
def statuses() -> list[Status]:
    """Return all statuses in their order, inactive ones too."""
    return list(Status.objects.order_by("order"))


@kept("catalog")
def steps() -> list[Step]:
    """Return every allowed transition as plain values, in a stable order."""
    rows = Transition.objects.order_by("to_status__order", "pk")
    return [
        Step(row.from_status_id, row.to_status_id, Verb(row.verb), row.by_requester, row.by_agent)
        for row in rows
    ]


def status_for(ticket: Ticket, verb: Verb, *, as_agent: bool, wanted: str | None = None) -> Status:
    """Return the status `verb` leads to; raises `StepNotPossible`."""
    key = destination(steps(), from_status=ticket.status_id, verb=verb, as_agent=as_agent, wanted=wanted)
    if key is None:
        raise StepNotPossible(status=str(ticket.status_id))
    return Status.objects.get(pk=key)


def possible_steps(ticket: Ticket, *, as_agent: bool) -> list[Step]:
    """Return the steps that leave the ticket's present status, for menus."""
    return [
        step
        for step in steps()
        if step.from_status == ticket.status_id and (step.by_agent if as_agent else step.by_requester)
    ]


@kept("team", "level_scheme")
def default_team() -> Team | None:
    """Return where tickets of the house arrive: the default team, else the lowest level's first."""
    teams = Team.objects.filter(is_active=True).select_related("level")
    return teams.order_by("-is_default", "level__order", "sort_name", "pk").first()


def team_of_arrival(organisation_id: int | None) -> Team | None:
    """Return where a ticket of an organisation begins that nothing sends elsewhere.

    That is `default_team`, unless the organisation is served by another scheme of levels: then the first team of the
    lowest of these levels that has one.
    """
    house = default_team()
    scheme_id = schemes_in_use().of(organisation_id) if organisation_id is not None else None
    if scheme_id is None or (house is not None and house.level.scheme_id == scheme_id):
        return house
    return next((team for team in teams_in_use() if team.level.scheme_id == scheme_id), house)


def by_number(number: int) -> Ticket | None:
    """Return the ticket with this number, also when the number is an alias of a merged one."""
    ticket = Ticket.objects.filter(number=number).first()
    if ticket is None:
        alias = TicketAlias.objects.select_related("ticket").filter(number=number).first()
        ticket = alias.ticket if alias else None
    return living(ticket) if ticket else None


def living(ticket: Ticket) -> Ticket:
    """Follow the merge chain to the ticket that is still worked on (research, trap 16)."""
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into.pk not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
    return ticket


def numbers_of(ids: Iterable[int]) -> dict[int, int]:
    """Return the numbers people know tickets by."""
    return dict(Ticket.objects.filter(pk__in=list(ids)).values_list("pk", "number"))
