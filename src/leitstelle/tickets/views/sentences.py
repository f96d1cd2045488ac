"""Each event of a ticket as a sentence in the reader's language, made from the codes and ids of the journal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries.actors import actor_name, person_acting, token_owners
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.events import Event
from leitstelle.kernel.web.sentences import teller_of
from leitstelle.tickets.models import TicketMerge
from leitstelle.tickets.queries import statuses
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.views.telling import OF_MERGES, TELL, Names, other


@dataclass(frozen=True)
class Sentence:
    """What an event says: icon, who, and the rest of the sentence; `url` leads to who did it, `about` to more of it."""

    icon: str
    who: str
    text: str
    url: str = ""
    about: str = ""


def sentences(events: Sequence[Event]) -> list[Sentence]:
    """Return a sentence per event, with all names fetched in three statements, one more where tokens acted."""
    names = _names(events)
    return [_sentence(event, names) for event in events]


def _names(events: Sequence[Event]) -> Names:
    people, team_ids, merge_ids = set(), set(), set[int]()
    for event in events:
        if event.code in OF_MERGES and "merge_id" in event.data:
            merge_ids.add(event.data["merge_id"])
        actor = person_acting(event)
        if actor is not None:
            people.add(actor)
        for key, value in event.data.items():
            if not isinstance(value, int):
                continue
            if key in ("before_person", "after_person", "to_person", "person_id", "before", "after"):
                people.add(value)
            elif key in ("before_team", "after_team", "from_team", "to_team"):
                team_ids.add(value)
    return Names(
        dict(Person.objects.filter(pk__in=people).values_list("pk", "display_name")) if people else {},
        _team_names(team_ids),
        {str(status.pk): name_of(status) for status in statuses()},
        token_owners(events),
        _merges(merge_ids),
    )


def _merges(ids: Collection[int]) -> dict[int, TicketMerge]:
    return TicketMerge.objects.select_related("source", "target").in_bulk(ids) if ids else {}


def _team_names(ids: Collection[int]) -> dict[int, str]:
    """Names of teams as this process knows them; those not in use any more are asked for."""
    known = {team.pk: team.name for team in teams_in_use() if team.pk in ids}
    missing = [pk for pk in ids if pk not in known]
    return known | dict(Team.objects.filter(pk__in=missing).values_list("pk", "name")) if missing else known


def _sentence(event: Event, names: Names) -> Sentence:
    who = actor_name(event, names.people, names.token_owners)
    if event.erased_at is not None:
        return Sentence("trash", who, _("changed something; the details were erased"))
    foreign = teller_of(event.code)
    if foreign is not None:
        url = foreign.link(event.data) if foreign.link is not None else ""
        return Sentence(foreign.icon, who, foreign.words(event.data), url)
    icon, tell = TELL.get(event.code, ("info-circle", other))
    merge = names.merges.get(event.data.get("merge_id", 0)) if event.code in OF_MERGES else None
    about = reverse("tickets:merge-record", args=[merge.public_id]) if merge is not None else ""
    return Sentence(icon, who, str(tell(event.data, names)), about=about)
