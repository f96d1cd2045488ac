"""Merging people and customers across all domains: what moves, who sees what, and that undoing restores everything.

Here, because rows of every domain follow. The pages are tested in `accounts`.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from leitstelle.accounts import actions, policies, queries
from leitstelle.accounts.choices import Role
from leitstelle.accounts.errors import (
    AlreadyMerged,
    MergedFurther,
    UndoneAlready,
    UndoTooLate,
    WrongDirection,
)
from leitstelle.accounts.models import (
    ContactPoint,
    MergeRecord,
    Organisation,
    Person,
    RoleGrant,
    Site,
    movables_of,
)
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_agent,
    make_organisation,
    make_person,
    phone,
)
from leitstelle.assets import actions as assets
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.tests.once import built_once
from leitstelle.notifications.models import Follow, MailItem, Notification
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, DraftMode, ParticipantRole
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
# Counters go up whatever happens, the journal keeps everything, and deliveries and index follow it.
NOT_COMPARED = ("events.", "work.", "search.", "accounts.MergeRecord", "sessions.", "contenttypes.", "auth.")


@pytest.fixture
@built_once
def desk() -> Desk:
    assets.ensure_defaults(NOW)
    return make_desk()


def snapshot() -> dict[str, Any]:
    """Every row of every table by its key, versions apart; sign-in addresses without theirs, as they are made anew."""
    found: dict[str, Any] = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if label.lower().startswith(tuple(word.lower() for word in NOT_COMPARED)) or not model._meta.managed:
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if field.name != "version" and not (label == "account.EmailAddress" and field.primary_key)
        ]
        found[label] = sorted(map(str, model._default_manager.values_list(*names)))
    return found


def plan(survivor: Person | Organisation, merged: Person | Organisation, **choices: str) -> actions.MergePlan:
    survivor.refresh_from_db()
    merged.refresh_from_db()
    return actions.MergePlan(
        survivor_version=survivor.version, merged_version=merged.version, choices=choices
    )


def merge(survivor: Person, merged: Person, *, by: Any = SYSTEM, **choices: str) -> MergeRecord:
    return actions.merge_people(survivor, merged, plan(survivor, merged, **choices), by=by, now=NOW)


def open_for(person: Person, subject: str = "Drucker") -> Ticket:
    new = tickets.NewTicket(subject=subject, channel=Channel.MAIL, requester_id=person.pk)
    first = NewMessage(
        text="Hilfe",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=person.pk,
    )
    return tickets.open_ticket(new, first, by=SYSTEM, now=NOW)


def twin(desk: Desk, name: str = "M. Brandt", mail: str = "brandt@privat.example") -> Person:
    """A second record of the requester, with everything a record can have."""
    person = make_person(
        name, email(mail), phone("+49 30 123456"), organisation=desk.organisation, password=PASSWORD
    )
    ticket = open_for(person)
    tickets.add_participant(desk.open(), person, ParticipantRole.WATCHER, by=SYSTEM, now=NOW)
    tickets.save_draft(ticket, DraftMode.REPLY, "Entwurf", by=as_requester(person), now=NOW)
    told = Notification.objects.create(
        person=person,
        actor=person,
        event_id=1,
        kind="answered",
        reason="requester",
        ticket=ticket,
        created_at=NOW,
    )
    MailItem.objects.create(notification=told, person=person, due_at=NOW)
    Follow.objects.create(person=person, ticket=ticket, created_at=NOW)
    new = assets.AssetInput(name="NB-2", kind="notebook", organisation=desk.organisation)
    assets.hand_to(assets.add_asset(new, by=SYSTEM, now=NOW), person, by=SYSTEM, now=NOW)
    return person


def test_everything_follows_and_undoing_restores_every_row(desk: Desk) -> None:
    other = twin(desk)
    actions.add_contact_point(desk.requester, phone("030 123456"), by=SYSTEM, now=NOW)
    before = snapshot()
    record = merge(desk.requester, other, name="survivor", note="both")
    assert snapshot() != before
    assert visible_tickets(as_requester(desk.requester)).count() == 2
    assert not visible_tickets(as_requester(other)).exists()
    found = queries.find_by_email("brandt@privat.example")
    assert found == desk.requester, "mail to the alias reaches who remains"
    assert queries.primary_address(desk.requester) == "miriam.brandt@werk-nord.example"
    assert [asset.name for asset in queries_of_devices(desk.requester)] == ["NB-2"]
    actions.undo_merge(record, by=SYSTEM, now=NOW + timedelta(days=30))
    after = snapshot()
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
    assert record.left == {}


def queries_of_devices(person: Person) -> list[Any]:
    return list(person.assets.all())


def test_customers_become_one_with_their_sites_and_two_again(desk: Desk) -> None:
    double = make_organisation("Werk Nord GmbH", "werk-nord.test", parent=desk.organisation)
    child = make_organisation("Werk Nord, Lager", parent=double)
    own = actions.save_site(desk.organisation, actions.SiteInput(name="Hamburg"), by=SYSTEM, now=NOW)
    same = actions.save_site(double, actions.SiteInput(name="Hamburg"), by=SYSTEM, now=NOW)
    only = actions.save_site(double, actions.SiteInput(name="Kiel"), by=SYSTEM, now=NOW)
    person = make_person("Olaf Nord", email("olaf@werk-nord.test"), organisation=double)
    Person.objects.filter(pk=person.pk).update(site=same)
    ticket = open_for(person)
    Ticket.objects.filter(pk=ticket.pk).update(site=same)
    before = snapshot()
    record = actions.merge_organisations(
        desk.organisation, double, plan(desk.organisation, double), by=SYSTEM, now=NOW
    )
    person.refresh_from_db()
    child.refresh_from_db()
    ticket.refresh_from_db()
    assert (person.organisation, person.site) == (desk.organisation, own)
    assert (ticket.organisation, ticket.site) == (desk.organisation, own)
    assert Site.objects.get(pk=only.pk).organisation == desk.organisation
    assert child.parent == desk.organisation
    assert queries.organisation_for_address("neu@werk-nord.test") == desk.organisation
    actions.undo_merge(record, by=SYSTEM, now=NOW)
    after = snapshot()
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def test_a_customer_above_and_the_one_below_it(desk: Desk) -> None:
    below = make_organisation("Unten", parent=desk.organisation)
    deeper = make_organisation("Tiefer", parent=below)
    with pytest.raises(WrongDirection):
        actions.merge_organisations(
            deeper, desk.organisation, plan(deeper, desk.organisation), by=SYSTEM, now=NOW
        )
    record = actions.merge_organisations(
        below, desk.organisation, plan(below, desk.organisation), by=SYSTEM, now=NOW
    )
    below.refresh_from_db()
    assert below.parent is None
    actions.undo_merge(record, by=SYSTEM, now=NOW)
    below.refresh_from_db()
    assert below.parent == desk.organisation


def test_what_changed_since_stays_where_it_is_and_is_named(desk: Desk) -> None:
    other = twin(desk)
    record = merge(desk.requester, other, job_title="survivor")
    moved = other.pk
    ticket = Ticket.objects.get(pk=record.moves[0]["rows"]["tickets.requester"][0])
    tickets.change_requester(ticket, desk.colleague, by=SYSTEM, now=NOW)
    point = ContactPoint.objects.get(normalised="brandt@privat.example")
    actions.remove_contact_point(point, by=SYSTEM, now=NOW)
    later = open_for(desk.requester, "Später")
    actions.undo_merge(record, by=SYSTEM, now=NOW)
    record.refresh_from_db()
    assert record.left["tickets.requester"] == 1
    assert record.left["accounts.contact_points"] == 1
    ticket.refresh_from_db()
    later.refresh_from_db()
    assert ticket.requester == desk.colleague
    assert later.requester == desk.requester
    assert Person.objects.get(pk=moved).is_active
    event = events_for(Subject("person", desk.requester.pk)).get(code="person.merge_undone")
    assert event.data["left"] == sum(record.left.values())


def test_undoing_has_its_time_and_its_order(desk: Desk) -> None:
    first, second = twin(desk), make_person("Dritte", organisation=desk.organisation)
    record = merge(desk.requester, first)
    with pytest.raises(UndoTooLate):
        actions.undo_merge(record, by=SYSTEM, now=NOW + timedelta(days=30, seconds=1))
    further = merge(second, desk.requester)
    with pytest.raises(MergedFurther):
        actions.undo_merge(record, by=SYSTEM, now=NOW)
    actions.undo_merge(further, by=SYSTEM, now=NOW)
    actions.undo_merge(record, by=SYSTEM, now=NOW)
    with pytest.raises(UndoneAlready):
        actions.undo_merge(record, by=SYSTEM, now=NOW)


def test_chosen_values_win_and_notes_may_stand_together(desk: Desk) -> None:
    other = twin(desk)
    Person.objects.filter(pk=desk.requester.pk).update(note="Ruft gern an.", room="1.07")
    Person.objects.filter(pk=other.pk).update(note="Hat zwei Monitore.", job_title="Leitung")
    merge(desk.requester, other, name="merged", note="both")
    desk.requester.refresh_from_db()
    assert desk.requester.display_name == "M. Brandt"
    assert desk.requester.sort_name.startswith("brandt")
    assert desk.requester.note == "Ruft gern an.\n\nHat zwei Monitore."
    assert desk.requester.job_title == "Leitung", "an empty value gives way by itself"
    assert desk.requester.room == "1.07"


def test_refusals(desk: Desk) -> None:
    other = twin(desk)
    with pytest.raises(InvalidInput):
        merge(desk.requester, desk.requester)
    stale = plan(desk.requester, other)
    Person.objects.filter(pk=other.pk).update(version=99)
    with pytest.raises(Conflict):
        actions.merge_people(desk.requester, other, stale, by=SYSTEM, now=NOW)
    merge(desk.requester, other)
    with pytest.raises(AlreadyMerged):
        merge(desk.colleague, other)
    with pytest.raises(AlreadyMerged):
        actions.reactivate_person(other, by=SYSTEM, now=NOW)
    actions.deactivate_person(desk.colleague, by=SYSTEM, now=NOW)
    with pytest.raises(WrongDirection):
        merge(desk.colleague, desk.requester)


# --- rights ----------------------------------------------------------------------------------------------------


def test_who_works_on_the_desk_is_merged_by_administrators_only_and_keeps_their_record(desk: Desk) -> None:
    private = make_person("Jonas W.", email("jonas@privat.example"), password=PASSWORD)
    double = make_agent("Jonas Wendt", email("j.wendt@desk.example"), password=PASSWORD)
    for survivor, merged in ((desk.agent, private), (private, desk.agent), (desk.agent, double)):
        with pytest.raises(NotAllowed):
            merge(survivor, merged, by=as_agent(desk.expert))
    admin = as_agent(desk.admin)
    with pytest.raises(WrongDirection):
        merge(private, desk.agent, by=admin)
    merge(desk.agent, double, by=admin)
    merge(desk.agent, private, by=admin)


def test_roles_and_teams_never_move(desk: Desk) -> None:
    contact = make_person("Klara", organisation=desk.organisation)
    scope = actions.Scope(organisation=desk.organisation)
    actions.grant_role(contact, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=NOW)
    foreign = open_for(desk.colleague)
    merge(desk.requester, contact)
    viewer = as_requester(desk.requester)
    assert viewer.customer_contact_of == frozenset()
    assert foreign not in visible_tickets(viewer)
    assert RoleGrant.objects.get(role=Role.CUSTOMER_CONTACT).person == contact
    rights = as_agent(desk.agent)
    merge(desk.agent, desk.lead, by=as_agent(desk.admin))
    after = as_agent(desk.agent)
    assert (after.is_lead, after.team_ids, after.grants) == (rights.is_lead, rights.team_ids, rights.grants)


def test_roles_limited_to_a_merged_customer_stay_behind(desk: Desk) -> None:
    scope = actions.Scope(organisation=desk.elsewhere)
    narrow = make_agent("Egon Enge", scope=scope)
    mine = desk.open()
    actions.merge_organisations(
        desk.organisation, desk.elsewhere, plan(desk.organisation, desk.elsewhere), by=SYSTEM, now=NOW
    )
    assert mine not in visible_tickets(as_agent(narrow))


def test_an_agent_merges_within_their_scope_only(desk: Desk) -> None:
    narrow = as_agent(make_agent("Egon Enge", scope=actions.Scope(organisation=desk.organisation)))
    with pytest.raises(NotAllowed):
        merge(desk.requester, desk.outsider, by=narrow)
    with pytest.raises(NotAllowed):
        merge(desk.requester, desk.colleague, by=as_requester(desk.requester))
    record = merge(desk.requester, desk.colleague, by=narrow)
    with pytest.raises(NotAllowed):
        actions.undo_merge(record, by=as_requester(desk.requester), now=NOW)
    with pytest.raises(NotAllowed):
        actions.merge_organisations(
            desk.organisation, desk.elsewhere, plan(desk.organisation, desk.elsewhere), by=narrow, now=NOW
        )


def test_the_alias_signs_nobody_in_and_sees_nothing(desk: Desk) -> None:
    other = twin(desk)
    merge(desk.requester, other)
    other.refresh_from_db()
    assert as_requester(other).person_id is None
    assert other not in policies.visible_people(desk.as_agent()).filter(is_active=True)
    events = [event.code for event in events_for(Subject("person", other.pk))]
    assert events[-1] == "person.merged_away"
    assert "person.created" in events, "what happened to it stays under its own name"


def test_every_foreign_key_to_a_person_or_customer_was_thought_of() -> None:
    """A new table must say whether its rows follow a merge."""
    known = {
        (movable.model._meta.label, movable.field)
        for kind in ("person", "organisation")
        for movable in movables_of(kind)
    }
    asked = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in (Person, Organisation)
    }
    assert known <= asked
    assert asked - known == STAY_BEHIND


# Rights and what belongs to the desk's own workers; sign-in addresses are made from contact points.
STAY_BEHIND = {
    ("accounts.RoleGrant", "person"),
    ("accounts.RoleGrant", "organisation"),
    ("accounts.TeamMembership", "person"),
    ("accounts.ApiToken", "person"),
    ("accounts.Person", "merged_into"),
    ("accounts.Organisation", "merged_into"),
    ("accounts.MergeRecord", "by"),
    ("accounts.Person_groups", "person"),
    ("accounts.Person_user_permissions", "person"),
    ("account.EmailAddress", "user"),
    ("admin.LogEntry", "user"),
    ("triage.AgentProfile", "person"),
    ("triage.AgentSkill", "person"),
    ("triage.DryRun", "owner"),
    ("tickets.BulkRun", "owner"),
    ("tickets.OpenTicket", "person"),
    ("tickets.ViewArrangement", "person"),
    ("intake.Call", "entered_by"),
    # What the survivor chose counts.
    ("notifications.Preference", "person"),
    ("notifications.Rhythm", "person"),
    # The survivor's terms count for what it gets.
    ("calendars.ServiceCalendar", "organisation"),
    ("catalog.PriorityMatrixVersion", "organisation"),
    ("catalog.PriorityModifier", "organisation"),
    ("sla.Agreement", "organisation"),
    ("contracts.CustomerContract", "organisation"),
}
