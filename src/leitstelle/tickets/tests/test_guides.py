"""Guides on tickets: runs with their version, answers in the journal without words, what it gives to a handover."""

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, as_requester
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import events_for
from leitstelle.kernel.tests.once import built_once
from leitstelle.knowledge import actions as knowledge
from leitstelle.knowledge.models import Guide
from leitstelle.knowledge.queries import Offered, guide_in_force
from leitstelle.tickets import actions
from leitstelle.tickets.actions.base import subject_of
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.policies import visible_guide_runs
from leitstelle.tickets.queries.guides import runs_of, told_runs
from leitstelle.tickets.tests.desk import Desk, make_desk

JAM = {"what": "jam", "display": "Fehler Zeisig 13", "tray": "not_helped"}


@pytest.fixture
@built_once
def desk(db: None) -> Desk:
    made = make_desk()
    knowledge.ensure_defaults(NOW)
    return made


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.open()


def offered(key: str = "printer") -> Offered:
    found = guide_in_force(key)
    assert found
    return found


def test_a_run_keeps_the_version_it_began_with(desk: Desk, ticket: Ticket) -> None:
    run = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    guide = Guide.objects.get(key="printer")
    changed = guide.draft.replace("Was passiert beim Drucken?", "Was ist los?")
    knowledge.change_guide(guide, changed, by=SYSTEM, now=NOW)
    knowledge.publish_guide(guide, by=SYSTEM, now=NOW)
    again = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    assert again == run
    [shown] = runs_of(ticket, desk.as_agent())
    assert shown.guide.questions[0].ask.de == "Was passiert beim Drucken?"
    other = actions.begin_guide(desk.open("Noch einer"), offered(), by=desk.as_agent(), now=NOW)
    assert other.guide_version.number == 2


def test_answers_are_events_of_codes_without_what_was_written(desk: Desk, ticket: Ticket) -> None:
    run = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    answers = JAM | {"queue": "helped", "nonsense": "x"}
    actions.answer_guide(run, answers, ["ping", "gone"], by=desk.as_agent(), now=NOW)
    actions.answer_guide(run, answers, ["ping"], by=desk.as_agent(), now=NOW)  # nothing new
    assert run.answers == JAM
    events = [event for event in events_for(subject_of(ticket)) if event.code.startswith("ticket.guide")]
    assert [event.code for event in events] == ["ticket.guide_begun", "ticket.guide_answered"]
    assert "Zeisig" not in str(events[1].data)
    assert events[1].data["texts"] == ["display"]


def test_two_agents_do_not_overwrite_each_other(desk: Desk, ticket: Ticket) -> None:
    run = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    seen = run.version
    actions.answer_guide(run, JAM, [], version=seen, by=desk.as_agent(), now=NOW)
    with pytest.raises(Conflict):
        actions.answer_guide(run, {"what": "nothing"}, [], version=seen, by=desk.as_lead(), now=NOW)


def test_only_who_works_on_the_ticket_may(desk: Desk, ticket: Ticket) -> None:
    with pytest.raises(NotAllowed):
        actions.begin_guide(ticket, offered(), by=desk.as_requester(), now=NOW)
    run = actions.bring_guide(ticket, offered(), JAM, by=desk.as_requester(), now=NOW)
    with pytest.raises(NotAllowed):
        actions.answer_guide(run, {}, [], by=desk.as_requester(), now=NOW)
    with pytest.raises(NotAllowed):
        actions.bring_guide(ticket, offered("scanner"), {}, by=as_requester(desk.outsider), now=NOW)
    assert not visible_guide_runs(desk.as_requester()).exists()
    assert visible_guide_runs(as_agent(desk.agent)).get() == run


def test_the_guide_sorts_the_ticket(desk: Desk, ticket: Ticket) -> None:
    run = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    answers = {"what": "toner"}
    actions.answer_guide(run, answers, [], by=desk.as_agent(), now=NOW)
    actions.apply_guide(run, by=desk.as_agent(), now=NOW)
    ticket.refresh_from_db()
    assert ticket.category
    found = (ticket.kind, ticket.category.key, ticket.impact_id, ticket.urgency_id)
    assert found == ("request", "printing.supplies", "person", "can_wait")


def test_what_was_tried_stands_in_the_handover_already(desk: Desk, ticket: Ticket) -> None:
    run = actions.begin_guide(ticket, offered(), by=desk.as_agent(), now=NOW)
    actions.answer_guide(run, JAM, ["ping"], by=desk.as_agent(), now=NOW)
    told = told_runs(ticket, desk.as_agent())
    assert "That did not help" in told
    assert "Device reachable in the network" in told
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("tickets:handover", args=[ticket.public_id])).content.decode()
    assert "Device reachable in the network" in page


def test_the_page_asks_one_further_with_every_answer(desk: Desk, ticket: Ticket) -> None:
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("tickets:guide-begin", args=[ticket.public_id]), {"guide": "printer"})
    run = GuideRun.objects.get()
    url = reverse("tickets:guide-answer", args=[ticket.public_id, run.pk])
    piece = client.post(
        url, {"version": "1", f"g{run.pk}.what": "missing", "done": "ping"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Did you change your desk or computer?" in piece
    run.refresh_from_db()
    assert (run.answers, run.done) == ({"what": "missing"}, ["ping"])
    assert client.post(url, {"version": "1", f"g{run.pk}.what": "jam"}).status_code == 303
    run.refresh_from_db()
    assert run.answers == {"what": "missing"}  # an old page overwrites nothing
    page = client.get(reverse("tickets:guides", args=[ticket.public_id])).content.decode()
    assert "Did you change your desk or computer?" in page
