"""Reading the rules that sort tickets, and taking the next best ticket."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.triage.actions.giving import take_next
from leitstelle.triage.errors import NothingWaits
from leitstelle.triage.policies import visible_rules
from leitstelle.triage.queries.sorting import with_outcomes
from leitstelle.triage.schemas.routing import NextTicketOut, RuleOut

router = Router(tags=["Triage"])


@router.get(
    "/rules",
    response=list[RuleOut],
    operation_id="listRules",
    summary="Rules that sort tickets, in their order",
    **needs(Scope.READ),
)
def list_rules(request: HttpRequest) -> list[RuleOut]:
    """All rules from the first to the last, those that are switched off too. For the desk."""
    viewer = viewer_of(request)
    desk_only(viewer)
    return [RuleOut.of(rule) for rule in with_outcomes(visible_rules(viewer))]


@router.post(
    "/next-ticket",
    response=NextTicketOut,
    operation_id="takeNextTicket",
    summary="Take the next best ticket",
    **needs(Scope.WRITE),
)
def take_next_ticket(request: HttpRequest) -> NextTicketOut:
    """Take the best ticket that waits in one's own teams, and say why this one. `id` is null where nothing waits. For
    the desk; refused (`too_many_open`) for who has as many open tickets as they may."""
    viewer = viewer_of(request)
    desk_only(viewer)
    try:
        return NextTicketOut.of(take_next(by=viewer, now=timezone.now()))
    except NothingWaits:
        return NextTicketOut(id=None, number=None, reasons=[])
