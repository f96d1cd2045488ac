"""Deadlines follow the terms of the customer a ticket belongs to after a merge, and go back with it."""

from datetime import UTC, datetime, timedelta

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import MergeRecord, Organisation
from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.work import drain
from leitstelle.sla.actions import ensure_defaults
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import Agreement, AgreementVersion, Target, TicketClock
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
HOUSE_RESOLUTION = datetime(2026, 11, 23, 9, tzinfo=UTC)
GOLD_RESOLUTION = WEDNESDAY + timedelta(hours=2)


@pytest.fixture
@built_once
def desk() -> Desk:
    """The requester's customer has a promise of its own; the outsider's lives by that of the house."""
    calendars.ensure_defaults(WEDNESDAY)
    made = make_desk()
    ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    gold = Agreement.objects.create(name="Gold", organisation=made.organisation)
    version = AgreementVersion.objects.create(
        agreement=gold,
        number=1,
        valid_from=datetime(2000, 1, 1, tzinfo=UTC),
        calendar=ServiceCalendar.objects.get(key="always"),
    )
    Target.objects.create(version=version, metric=Metric.RESOLUTION, priority_id=3, seconds=7200)
    return made


def merge(survivor: Organisation, merged: Organisation) -> MergeRecord:
    survivor.refresh_from_db()
    merged.refresh_from_db()
    plan = accounts.MergePlan(survivor_version=survivor.version, merged_version=merged.version)
    return accounts.merge_organisations(survivor, merged, plan, by=SYSTEM, now=WEDNESDAY)


def of_elsewhere(desk: Desk) -> Ticket:
    """A ticket of the other customer."""
    new = actions.NewTicket(subject="Tor klemmt", channel=Channel.MAIL, requester_id=desk.outsider.pk)
    first = NewMessage(
        text="Seit heute.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=desk.outsider.pk,
    )
    return actions.open_ticket(new, first, by=SYSTEM, now=WEDNESDAY)


def resolution(ticket: Ticket) -> TicketClock:
    return TicketClock.objects.get(ticket=ticket, metric=Metric.RESOLUTION)


def test_what_moves_gets_the_terms_of_the_survivor_and_its_own_again_when_undone(desk: Desk) -> None:
    mine, theirs = desk.open(now=WEDNESDAY), of_elsewhere(desk)
    assert (resolution(mine).due_at, resolution(theirs).due_at) == (GOLD_RESOLUTION, HOUSE_RESOLUTION)
    record = merge(desk.organisation, desk.elsewhere)
    drain(WEDNESDAY)
    theirs.refresh_from_db()
    assert resolution(theirs).due_at == theirs.next_due_at == theirs.due_order == GOLD_RESOLUTION
    assert resolution(theirs).version.agreement.name == "Gold"
    assert not TicketClock.objects.filter(ticket=theirs, metric=Metric.RESPONSE).exists(), (
        "Gold promises none"
    )
    accounts.undo_merge(record, by=SYSTEM, now=WEDNESDAY)
    drain(WEDNESDAY)
    theirs.refresh_from_db()
    assert (resolution(theirs).due_at, resolution(mine).due_at) == (HOUSE_RESOLUTION, GOLD_RESOLUTION)
    assert theirs.next_due_at == WEDNESDAY + timedelta(hours=4), "the response comes first again"


def test_the_terms_of_an_alias_end_with_the_merge(desk: Desk) -> None:
    mine = desk.open(now=WEDNESDAY)
    merge(desk.elsewhere, desk.organisation)
    drain(WEDNESDAY)
    assert resolution(mine).due_at == HOUSE_RESOLUTION
    assert resolution(mine).version.agreement.name == "Standard"


def test_what_was_done_before_the_merge_keeps_its_outcome(desk: Desk) -> None:
    solved = of_elsewhere(desk)
    later = WEDNESDAY + timedelta(hours=3)
    actions.resolve_ticket(solved, code="solved", by=desk.as_agent(), now=later)
    actions.close_ticket(solved, by=SYSTEM, now=later)
    before = resolution(solved)
    merge(desk.organisation, desk.elsewhere)
    drain(later)
    after = resolution(solved)
    assert (after.state, after.due_at, after.version_id) == (before.state, before.due_at, before.version_id)
