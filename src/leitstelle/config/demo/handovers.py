"""Handovers of the demo company that do not go smoothly: one comes back, one ticket goes to and fro."""

from datetime import datetime, timedelta

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.accounts.queries import viewer_for
from leitstelle.kernel.viewer import Hat
from leitstelle.tickets import actions
from leitstelle.tickets.actions import HandoverOffer
from leitstelle.tickets.choices import HandoverState
from leitstelle.tickets.models import ONGOING, Handover, Ticket

BACK = "Zu wenig, um anzufangen: seit wann ist das so, und wer ist noch betroffen? Bitte zuerst klären."
AGAIN = "Nachgefragt: seit heute früh, eine zweite Person ist auch betroffen."
TRIED = "Mit beiden Personen am Telefon alle Schritte wiederholt: dasselbe Bild."
_STEP = timedelta(minutes=20)


def send_some_back(*, now: datetime) -> None:
    """Let the two oldest handovers that wait be returned; the first of them is handed over once more.

    Works on handovers whose ticket rested for an hour before `now` (aware); fewer where there are fewer.
    """
    waiting = Handover.objects.filter(
        state=HandoverState.OFFERED,
        from_person__isnull=False,
        offered_at__lt=now - 3 * _STEP,
        ticket__in=Ticket.objects.filter(ONGOING, last_message_at__lt=now - 3 * _STEP),
    )
    chosen = waiting.select_related("ticket__status", "from_person", "to_team").order_by("offered_at", "pk")
    for place, handover in enumerate(chosen[:2]):
        _send_back(handover, again=place == 0)


def _send_back(handover: Handover, *, again: bool) -> None:
    receiver = _member(handover)
    giver, ticket = handover.from_person, handover.ticket
    if receiver is None or giver is None:
        return
    at = max(handover.offered_at, ticket.last_message_at) + _STEP
    actions.return_handover(handover, reason=BACK, by=viewer_for(receiver, Hat.AGENT), now=at)
    if again:
        ticket.refresh_from_db()
        offer = HandoverOffer(to_team=handover.to_team, reason=AGAIN, tried=TRIED)
        actions.hand_over(ticket, offer, by=viewer_for(giver, Hat.AGENT), now=at + _STEP)


def _member(handover: Handover) -> Person | None:
    """Somebody of the team it was handed to."""
    rows = TeamMembership.objects.filter(team_id=handover.to_team_id, person__is_active=True)
    first = rows.select_related("person").order_by("pk").first()
    return first.person if first is not None else None
