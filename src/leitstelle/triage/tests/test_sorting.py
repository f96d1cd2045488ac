"""Rules at work: what they set, that people win, who the journal names, and what is refused."""

from typing import Any

import pytest

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.kept import forget
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.conditions import Conditions, make
from leitstelle.tickets.tests.desk import Desk, make_desk, two_tier
from leitstelle.triage.actions import rules as actions
from leitstelle.triage.actions.routing import sort_after
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.errors import NoOutcome, NotOfTeam, NoTrigger, RuleNeverHolds, RulesLoop, UnknownValue
from leitstelle.triage.models import Routing, Rule, RuleVersion
from leitstelle.triage.queries.sorting import rules_in_use

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    forget()
    return make_desk()


def category() -> Category:
    return Category.objects.filter(parent__isnull=False).order_by("pk")[0]


def make_rule(
    name: str,
    *rows: tuple[str, str, list[Any]],
    on: tuple[Trigger, ...] = (Trigger.OPENED,),
    active: bool = True,
    stops: bool = False,
    **sets: Any,
) -> Rule:
    new = actions.RuleInput(
        name=name,
        triggers=frozenset(on),
        conditions=Conditions(rows=tuple(make(*row) for row in rows)),
        sets={Outcome(key): value for key, value in sets.items()},
        stops=stops,
    )
    return actions.create_rule(new, by=SYSTEM, now=NOW, active=active)


def events(ticket: Ticket, code: str) -> list[Event]:
    return list(events_for(Subject("ticket", ticket.pk)).filter(code=code))


def test_a_rule_sorts_a_new_ticket_and_the_journal_names_it(desk: Desk) -> None:
    vpn = category()
    rule = make_rule(
        "VPN", ("words", "contains", ["vpn"]), category=vpn.pk, team=desk.second.pk, urgency="stopped"
    )
    ticket = desk.open("VPN geht nicht")
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.category, fresh.team, fresh.level_id) == (vpn, desk.second, desk.second.level_id)
    assert fresh.urgency_id == "stopped"
    assert fresh.priority_id == 2
    assert (ticket.team_id, ticket.assignment_version) == (fresh.team_id, fresh.assignment_version), (
        "whoever opened it goes on with what is true"
    )
    applied = events(ticket, "triage.rule_applied")[0]
    assert (applied.actor_kind, applied.actor_id) == ("rule", str(rule.pk))
    assert applied.data["trigger"] == "opened"
    assert ["team", str(desk.first.pk), str(desk.second.pk)] in applied.data["changes"]
    assert {one.actor_kind for one in events(ticket, "ticket.assigned")} == {"rule"}
    assert Routing.objects.get(ticket=ticket).rule == rule


def test_words_of_the_text_count_and_other_tickets_stay(desk: Desk) -> None:
    make_rule("VPN", ("words", "contains", ["anyconnect"]), team=desk.second.pk)
    assert desk.open("Hilfe", text="AnyConnect hängt").team == desk.second
    other = desk.open("Hilfe", text="Drucker hängt")
    assert other.team == desk.first
    assert not events(other, "triage.rule_applied")


def test_inactive_rules_do_nothing_and_switching_counts_at_once(desk: Desk) -> None:
    rule = make_rule("Alles", team=desk.second.pk, active=False)
    assert desk.open().team == desk.first
    actions.switch_rule(rule, True, by=SYSTEM, now=NOW)
    assert desk.open().team == desk.second
    actions.switch_rule(rule, False, by=SYSTEM, now=NOW)
    assert desk.open().team == desk.first


def test_what_people_chose_is_never_overwritten(desk: Desk) -> None:
    vpn, other = category(), Category.objects.filter(parent__isnull=False).order_by("-pk")[0]
    make_rule(
        "VPN",
        ("words", "contains", ["vpn"]),
        on=(Trigger.OPENED, Trigger.CHANGED),
        category=vpn.pk,
        kind="request",
    )
    ticket = desk.open("Drucker")
    wanted = tickets.Classification(
        kind="incident", category_id=other.pk, impact="person", urgency="hindered"
    )
    tickets.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    tickets.change_subject(ticket, "VPN", by=desk.as_agent(), now=NOW)
    wanted = tickets.Classification(kind="incident", category_id=other.pk, impact="group", urgency="hindered")
    tickets.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    ticket.refresh_from_db()
    assert ticket.category == other
    applied = events(ticket, "triage.rule_applied")
    assert len(applied) == 1
    assert applied[0].data["kept"] == ["category"]
    assert [change[0] for change in applied[0].data["changes"]] == ["kind"]


def test_a_rule_waits_for_changes_and_for_handovers(desk: Desk) -> None:
    vpn = category()
    make_rule("Kat", ("category", "in", [vpn.pk]), on=(Trigger.CHANGED,), team=desk.second.pk)
    make_rule("Weiter", ("team", "in", [desk.second.pk]), on=(Trigger.HANDED_OVER,), assignee=desk.expert.pk)
    ticket = desk.open()
    wanted = tickets.Classification(kind="incident", category_id=vpn.pk, impact="person", urgency="hindered")
    tickets.classify(ticket, wanted, by=desk.as_agent(), now=NOW)
    assert Ticket.objects.get(pk=ticket.pk).team == desk.second
    handed = desk.open()
    offer = tickets.HandoverOffer(to_team=desk.second, reason="x", tried="y")
    tickets.hand_over(handed, offer, by=desk.as_agent(), now=NOW)
    assert Ticket.objects.get(pk=handed.pk).assignee == desk.expert


def test_a_watcher_takes_part(desk: Desk) -> None:
    make_rule("Mitlesen", watcher=desk.lead.pk)
    assert desk.open().participants.filter(person=desk.lead, role="watcher").exists()


def test_whoever_left_the_team_gets_nothing_and_the_rest_is_done(desk: Desk) -> None:
    make_rule("An Mareike", team=desk.second.pk, assignee=desk.expert.pk)
    desk.expert.memberships.all().delete()
    ticket = desk.open()
    assert (ticket.team, ticket.assignee) == (desk.second, None)
    assert events(ticket, "triage.rule_applied")[0].data["missed"] == ["assignee"]


def test_a_long_chain_leaves_a_visible_note(desk: Desk) -> None:
    vpn = category()
    change = (Trigger.CHANGED,)
    make_rule("d", ("urgency", "in", ["stopped"]), on=change, team=desk.second.pk)
    make_rule("c", ("impact", "in", ["group"]), on=change, urgency="stopped")
    make_rule("b", ("kind", "in", ["request"]), on=change, impact="group")
    make_rule("a", ("category", "in", [vpn.pk]), on=change, kind="request")
    make_rule("z", category=vpn.pk)
    ticket = desk.open()
    assert len(events(ticket, "triage.rules_cut")) == 1


def test_no_rule_no_statement(desk: Desk, settings: Any, django_assert_num_queries: Any) -> None:
    settings.MASTER_DATA_SECONDS = 60
    ticket = desk.open()
    make_rule("nur Weitergabe", on=(Trigger.HANDED_OVER,), kind="request")
    event = events(ticket, "ticket.opened")[0]
    rules_in_use()
    with django_assert_num_queries(0):
        sort_after(event)


@pytest.mark.parametrize(
    ("error", "rows", "sets", "on"),
    [
        (NoTrigger, [], {"kind": "request"}, ()),
        (NoOutcome, [], {}, (Trigger.OPENED,)),
        (UnknownValue, [], {"category": 999_999}, (Trigger.OPENED,)),
        (UnknownValue, [], {"kind": "wish"}, (Trigger.OPENED,)),
        (UnknownValue, [], {"impact": "galaxy"}, (Trigger.OPENED,)),
        (
            RuleNeverHolds,
            [("kind", "in", ["request"]), ("kind", "in", ["advice"])],
            {"kind": "advice"},
            (Trigger.OPENED,),
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    desk: Desk, error: type[InvalidInput], rows: Any, sets: Any, on: Any
) -> None:
    with pytest.raises(error) as caught:
        make_rule("X", *rows, on=on, **sets)
    assert caught.value.message
    assert not Rule.objects.exists()


def test_a_person_outside_the_team_is_refused(desk: Desk) -> None:
    with pytest.raises(NotOfTeam):
        make_rule("X", team=desk.first.pk, assignee=desk.expert.pk)


def test_rules_that_loop_are_refused_when_switched_on(desk: Desk) -> None:
    change = (Trigger.CHANGED,)
    make_rule("hin", ("kind", "in", ["incident"]), on=change, kind="request")
    back = make_rule("her", ("kind", "in", ["request"]), on=change, kind="incident", active=False)
    with pytest.raises(RulesLoop) as caught:
        actions.switch_rule(back, True, by=SYSTEM, now=NOW)
    assert "hin" in caught.value.message
    assert not Rule.objects.get(pk=back.pk).is_active


def test_versions_order_and_conflicts(desk: Desk) -> None:
    one, two = make_rule("eins", kind="request"), make_rule("zwei", kind="advice")
    actions.move_rule(two, -1, by=SYSTEM, now=NOW)
    assert [rule.name for rule in Rule.objects.order_by("position")] == ["zwei", "eins"]
    changed = actions.RuleInput(
        name="eins neu",
        triggers=frozenset({Trigger.OPENED}),
        conditions=Conditions(),
        sets={Outcome.KIND: "advice"},
    )
    actions.change_rule(one, changed, by=SYSTEM, now=NOW, expected=1)
    with pytest.raises(Conflict):
        actions.change_rule(one, changed, by=SYSTEM, now=NOW, expected=1)
    assert [version.data["name"] for version in RuleVersion.objects.filter(rule=one)] == ["eins neu", "eins"]
    saved = events_for(Subject("rule", one.pk)).filter(code="triage.rule_saved").last()
    assert saved is not None
    assert saved.data["fields"] == ["kind", "name"]
    actions.delete_rule(one, by=SYSTEM, now=NOW)
    assert desk.open().kind == "advice"


def test_only_administrators_manage_rules(desk: Desk) -> None:
    for viewer in (desk.as_agent(), desk.as_lead(), desk.as_requester()):
        new = actions.RuleInput(
            name="x", triggers=frozenset({Trigger.OPENED}), conditions=Conditions(), stops=True
        )
        with pytest.raises(NotAllowed):
            actions.create_rule(new, by=viewer, now=NOW)


def test_a_rule_wins_over_the_scheme_of_the_organisation(desk: Desk) -> None:
    front = two_tier(desk.organisation)
    make_rule("VPN", ("words", "contains", ["vpn"]), team=desk.second.pk)
    assert desk.open("Drucker").team == front
    assert desk.open("VPN geht nicht").team == desk.second
