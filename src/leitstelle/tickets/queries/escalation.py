"""Who takes a ticket on the next level, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from leitstelle.accounts.models import Team
from leitstelle.catalog.labels import name_of
from leitstelle.tickets.models import ONGOING, Handover, LevelCategory, Ticket
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.rules.handovers import Candidate, next_team

LATELY = timedelta(days=180)


@dataclass(frozen=True)
class NextLevel:
    """The team of the next level that takes the ticket, and what speaks for it."""

    team: Team
    solved_alike: int
    had_it_before: bool
    open_tickets: int

    @property
    def level_name(self) -> str:
        return name_of(self.team.level)


def next_level(ticket: Ticket, now: datetime) -> NextLevel | None:
    """Return where the ticket goes next, `None` where its level is the last one of its scheme.

    Levels that may solve the category come first; where none is named for it, every level above does.
    """
    present = ticket.level
    above = [
        team
        for team in teams_in_use()
        if present is None or (team.level.scheme_id == present.scheme_id and team.level.order > present.order)
    ]
    teams = _that_solve(above, ticket) or above
    if not teams:
        return None
    ids = [team.pk for team in teams]
    counted = Ticket.objects.filter(team_id__in=ids).values("team_id")
    alike = Q(category_id=ticket.category_id, resolved_at__gt=now - LATELY)
    solved = (
        dict(counted.filter(alike).annotate(n=Count("pk")).values_list("team_id", "n"))
        if ticket.category_id
        else {}
    )
    load = dict(counted.filter(ONGOING).annotate(n=Count("pk")).values_list("team_id", "n"))
    before = set(
        Handover.objects.filter(ticket=ticket, to_team_id__in=ids).values_list("to_team_id", flat=True)
    )
    chosen = next_team(
        (
            Candidate(
                team.pk, team.level.order, team.pk in before, solved.get(team.pk, 0), load.get(team.pk, 0)
            )
            for team in teams
        ),
        present.order if present is not None else None,
    )
    if chosen is None:
        return None
    team = next(one for one in teams if one.pk == chosen.team)
    return NextLevel(team, chosen.solved_alike, chosen.had_it_before, chosen.open_tickets)


def _that_solve(teams: list[Team], ticket: Ticket) -> list[Team]:
    """The teams whose level may solve the ticket's category."""
    named: dict[int, set[int]] = {}
    for level_id, category_id in LevelCategory.objects.values_list("level_id", "category_id"):
        named.setdefault(level_id, set()).add(category_id)
    category = ticket.category
    wanted = {category.pk, category.parent_id} if category is not None else set()
    return [team for team in teams if team.level_id not in named or named[team.level_id] & wanted]
