"""Chains: each step once, what it does, who is told, and when nobody is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.tests.cast import SYSTEM, email, make_person
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Event
from leitstelle.kernel.outbound.actions import EndpointInput, create_endpoint
from leitstelle.kernel.outbound.sending import CallFailed
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.work import drain
from leitstelle.kernel.work.models import Delivery
from leitstelle.notifications.models import Notification
from leitstelle.notifications.queries.shown import shown
from leitstelle.notifications.queries.words import sentence
from leitstelle.sla import actions as sla
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.rules.amounts import HOUR, Amount
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.escalating import escalate

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
@built_once
def desk() -> Desk:
    calendars.ensure_defaults(WEDNESDAY)
    made = make_desk()
    sla.ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return made


def after(hours: float) -> datetime:
    return WEDNESDAY + timedelta(hours=hours)


def chain(desk: Desk, *steps: sla.StepInput) -> None:
    """An agreement of the requester's customer: solved within four hours, with these steps."""
    targets = tuple(sla.TargetInput(Metric.RESOLUTION, rank, Amount(4 * HOUR)) for rank in (1, 2, 3, 4))
    version = sla.VersionInput(default_calendar(), targets, WEDNESDAY, steps=steps)
    new = sla.NewAgreement("Gold", version, organisation=desk.organisation)
    sla.create_agreement(new, by=SYSTEM, now=WEDNESDAY)


def step(percent: int, action: StepAction, **more: object) -> sla.StepInput:
    return sla.StepInput(Metric.RESOLUTION, percent, action, **more)  # type: ignore[arg-type]


def ring(ticket: Ticket, hours: float) -> None:
    sla.ring_due_alarms(after(hours))
    drain(after(hours))
    ticket.refresh_from_db()


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind__in=("warning", "breach")).order_by("pk")
    return [(row.person.display_name, row.kind) for row in rows]


def test_each_step_is_carried_out_once(desk: Desk) -> None:
    chain(
        desk,
        step(50, StepAction.REMIND),
        step(75, StepAction.RAISE),
        step(100, StepAction.LEAD),
        step(150, StepAction.REASSIGN, team=desk.second),
    )
    ticket = desk.open(now=WEDNESDAY)
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=WEDNESDAY)
    ring(ticket, 1)
    assert told() == []
    ring(ticket, 2)
    assert told() == [(desk.agent.display_name, "warning")]
    ring(ticket, 3)
    assert ticket.priority_id == 2
    ring(ticket, 4.1)
    assert told()[1:] == [(desk.lead.display_name, "breach")]
    ring(ticket, 6)
    ring(ticket, 6)
    assert ticket.team_id == desk.second.pk
    done = [event.data["action"] for event in Event.objects.filter(code="triage.escalated").order_by("pk")]
    assert done == ["remind", "raise", "lead", "reassign"]
    for event in Event.objects.filter(code="sla.threshold_reached"):
        assert escalate(event, now=after(7)) == 0


def test_taking_the_ticket_acknowledges_the_chain(desk: Desk) -> None:
    chain(desk, step(25, StepAction.LEAD), step(50, StepAction.LEAD), step(100, StepAction.LEAD))
    ticket = desk.open(now=WEDNESDAY)
    ring(ticket, 1)
    assert [name for name, _kind in told()] == [desk.lead.display_name]
    actions.take_ticket(ticket, by=desk.as_agent(), now=after(1.5))
    ring(ticket, 2)
    assert len(told()) == 1
    ring(ticket, 4.1)
    assert [kind for _name, kind in told()] == ["warning", "breach"]


def test_without_a_chain_the_desk_is_told_as_before(desk: Desk) -> None:
    ticket = desk.open(now=WEDNESDAY)
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=WEDNESDAY)
    ring(ticket, 3)
    assert told() == [(desk.agent.display_name, "warning")]


def test_a_solved_ticket_is_left_alone(desk: Desk) -> None:
    chain(desk, step(50, StepAction.LEAD))
    ticket = desk.open(now=WEDNESDAY)
    sla.ring_due_alarms(after(2))
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=after(2))
    drain(after(2))
    assert told() == []


def test_chains_that_make_no_sense_are_refused(desk: Desk) -> None:
    for wrong in (
        (step(50, StepAction.LEAD), step(50, StepAction.LEAD)),
        (step(50, StepAction.REASSIGN),),
        (step(50, StepAction.LEAD, team=desk.second),),
        (sla.StepInput(Metric.UPDATE, 50, StepAction.LEAD),),
        (step(50, StepAction.CALL),),
    ):
        with pytest.raises(InvalidInput):
            chain(desk, *wrong)


def test_the_chain_reaches_manager_and_customer_contact(desk: Desk) -> None:
    """The contact reads plain words in the portal, nothing of clocks; the manager leads all teams."""
    contact = make_person("Klara Kontakt", email("klara@werk-nord.example"), organisation=desk.organisation)
    scope = accounts.Scope(organisation=desk.organisation)
    accounts.grant_role(contact, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=WEDNESDAY)
    elsewhere = make_person("Fremder Kontakt", email("fremd@anders.example"), organisation=desk.elsewhere)
    scope = accounts.Scope(organisation=desk.elsewhere)
    accounts.grant_role(elsewhere, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=WEDNESDAY)
    manager = make_person("Mara Leitung", email("mara@desk.example"))
    accounts.grant_role(manager, Role.TEAM_LEAD, accounts.Scope(), by=SYSTEM, now=WEDNESDAY)
    chain(desk, step(75, StepAction.MANAGER), step(75, StepAction.CONTACT), step(100, StepAction.CONTACT))
    desk.open(now=WEDNESDAY)
    sla.ring_due_alarms(after(3))
    drain(after(3))
    assert sorted(told()) == [(desk.lead.display_name, "warning"), ("Mara Leitung", "warning")]
    late = Notification.objects.filter(kind="late")
    assert [(row.person, row.in_portal, row.data) for row in late] == [(contact, True, {"missed": False})]
    sla.ring_due_alarms(after(4.1))
    drain(after(4.1))
    told_contact = shown(contact, list(late.order_by("pk")))
    assert [sentence(one) for one in told_contact] == [
        "This report is close to the time that was agreed for it. We are working on it.",
        "This report takes longer than agreed. We are working on it.",
    ]
    assert all(one.link is not None and one.link.url.startswith("/portal/") for one in told_contact)


def test_one_message_per_threshold_and_person(desk: Desk) -> None:
    """Trap 44: whom two steps of one mark reach hears once."""
    accounts.grant_role(desk.lead, Role.TEAM_LEAD, accounts.Scope(), by=SYSTEM, now=WEDNESDAY)
    chain(desk, step(75, StepAction.LEAD), step(75, StepAction.MANAGER), step(100, StepAction.MANAGER))
    desk.open(now=WEDNESDAY)
    ring_all(3)
    assert [name for name, _kind in told()] == [desk.lead.display_name]
    ring_all(4.1)
    assert len(told()) == 2


def ring_all(hours: float) -> None:
    sla.ring_due_alarms(after(hours))
    drain(after(hours))


def test_a_step_calls_a_webhook_until_it_is_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed by the delivery machinery; a failed call is tried again, and says nothing that anybody wrote."""
    answers, calls = [503, 200], []

    def post(place: object, body: bytes, headers: dict[str, str], networks: object) -> int:
        calls.append((json.loads(body), headers["X-Leitstelle-Delivery"]))
        return answers.pop(0)

    monkeypatch.setattr("leitstelle.kernel.outbound.sending.post", post)
    new = EndpointInput(name="Chat", address="https://chat.example.org/hook", key="0123456789abcdef")
    endpoint = create_endpoint(new, by=SYSTEM, now=WEDNESDAY)
    chain(desk, step(50, StepAction.CALL, endpoint=endpoint))
    ticket = desk.open(now=WEDNESDAY)
    sla.ring_due_alarms(after(2))
    with pytest.raises(CallFailed):
        drain(after(2))
    delivery = Delivery.objects.get(subscriber="triage.call_webhook")
    assert (delivery.state, delivery.attempts) == ("ready", 1)
    drain(delivery.next_try + timedelta(seconds=1))
    delivery.refresh_from_db()
    assert delivery.state == "done"
    assert len({number for _body, number in calls}) == 1
    body = calls[0][0]
    assert body["ticket"]["number"] == ticket.number
    assert (body["metric"], body["percent"]) == ("resolution", 50)
    assert ticket.subject not in json.dumps(body, ensure_ascii=False)
