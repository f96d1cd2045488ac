"""Tickets of the demo company that were reported twice: by the same person once more, and by a colleague."""

from datetime import datetime, timedelta

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage

AGAIN = "Guten Tag,\n\nich hatte mich dazu schon gemeldet, finde die Nummer aber nicht mehr. Es ist noch so."
TOO = "Hallo zusammen,\n\nbei mir ist das auch so, seit heute. Gibt es schon etwas Neues?"
SAME_PERSON, SAME_MATTER = "Noch einmal gemeldet, dieselbe Sache.", "Gleiche Störung, beide lesen jetzt mit."
_STEP = timedelta(minutes=25)


def merge_some(*, now: datetime) -> None:
    """Let the requester of one ticket under way, and a colleague of another's, report it again; both are merged.

    Works on tickets that rested for an hour before `now` (aware); fewer where there are fewer.
    """
    waiting = Ticket.objects.filter(
        status_type="open",
        assignee__isnull=False,
        requester__isnull=False,
        organisation__isnull=False,
        last_message_at__lt=now - 3 * _STEP,
    )
    chosen = list(waiting.select_related("assignee", "requester").order_by("-last_message_at", "pk")[:2])
    if chosen:
        _again(chosen[0], chosen[0].requester, AGAIN, SAME_PERSON)
    if len(chosen) > 1 and chosen[1].requester is not None:
        others = Person.objects.filter(
            organisation=chosen[1].organisation_id, is_active=True, grants__isnull=True
        )
        colleague = others.exclude(pk=chosen[1].requester.pk).order_by("sort_name", "pk").first()
        _again(chosen[1], colleague, TOO, SAME_MATTER)


def _again(target: Ticket, person: Person | None, text: str, why: str) -> None:
    if person is None or target.assignee is None:
        return
    at = target.last_message_at + _STEP
    new = actions.NewTicket(
        subject=target.subject,
        channel=Channel.MAIL,
        requester_id=person.pk,
        category_id=target.category_id,
        team_id=target.team_id,
        opened_at=at,
    )
    words = NewMessage(
        text=f"{text}\n\n{person.display_name}",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=person.pk,
        at=at,
    )
    source = actions.open_ticket(new, words, by=Viewer.system(), now=at)
    by = viewer_for(target.assignee, Hat.AGENT)
    merge_tickets(source, target, MergePlan(reason=why), by=by, now=at + _STEP)
