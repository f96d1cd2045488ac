"""Merging tickets across all domains: what moves, who reads what, and that undoing restores everything.

Here, because rows of every domain follow. Pages and API are tested in `tickets`, mail in `intake`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leitstelle.accounts.actions import Scope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, as_requester, make_agent
from leitstelle.assets import actions as assets
from leitstelle.config.tests.test_merging import snapshot
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.search import search
from leitstelle.kernel.search.projecting import project
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.models import Follow, Notification
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets, undo_merge
from leitstelle.tickets.actions.moving import move_message
from leitstelle.tickets.choices import (
    Audience,
    Channel,
    Direction,
    DraftMode,
    LinkKind,
    ParticipantRole,
)
from leitstelle.tickets.errors import (
    AlreadyUndone,
    MergeCircular,
    MergedAway,
    MergeOfOne,
    TicketChanged,
)
from leitstelle.tickets.models import Draft, Message, Participant, Ticket, TicketLink, TicketMerge
from leitstelle.tickets.policies import searchable, visible_messages, visible_tickets
from leitstelle.tickets.queries import by_number
from leitstelle.tickets.queries.workspace import conversation
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
@built_once
def desk() -> Desk:
    assets.ensure_defaults(NOW)
    return make_desk()


def state() -> dict[str, Any]:
    """Every row of every table, apart from what only counts up and the records of merges themselves."""
    found = snapshot()
    for label in ("tickets.TicketMerge", "tickets.Ticket", "tickets.NumberCounter", "sla.TicketClock"):
        del found[label]
    counted = ("status_version", "assignment_version", "classification_version", "updated_at")
    names = [field.attname for field in Ticket._meta.concrete_fields if not field.attname.endswith(counted)]
    found["tickets.Ticket"] = sorted(map(str, Ticket.objects.values_list(*names)))
    return found


def open_for(person: Person, subject: str = "Drucker", text: str = "Hilfe", *, at: datetime = NOW) -> Ticket:
    new = tickets.NewTicket(subject=subject, channel=Channel.MAIL, requester_id=person.pk, opened_at=at)
    return tickets.open_ticket(new, said(text, person), by=SYSTEM, now=at)


def said(text: str, person: Person | None, *, written_to: int | None = None) -> NewMessage:
    return NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=person.pk if person else None,
        written_to=written_to,
    )


def merge(
    source: Ticket, target: Ticket, *, by: Viewer = SYSTEM, now: datetime = NOW, **plan: Any
) -> TicketMerge:
    return merge_tickets(fresh(source), fresh(target), MergePlan(**plan), by=by, now=now)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def texts(ticket: Ticket, viewer: Viewer) -> list[str]:
    return [one.body.text for one in conversation(fresh(ticket), viewer).messages]


def furnished(desk: Desk, person: Person) -> Ticket:
    """A ticket with everything a ticket can have."""
    ticket, agent = open_for(person, "Drucker", "Seit heute."), desk.as_agent()
    tickets.reply(ticket, "Wir schauen nach.", recipients=(), by=agent, now=NOW)
    tickets.write_note(ticket, "Intern: Toner", by=agent, now=NOW)
    tickets.add_participant(ticket, desk.colleague, ParticipantRole.WATCHER, by=SYSTEM, now=NOW)
    tickets.link_tickets(ticket, open_for(person, "Anderes"), LinkKind.RELATED, by=SYSTEM, now=NOW)
    tickets.save_draft(ticket, DraftMode.REPLY, "Entwurf", by=agent, now=NOW)
    Follow.objects.create(person=desk.agent, ticket=ticket, created_at=NOW)
    new = assets.AssetInput(name=f"NB-{ticket.pk}", kind="notebook", organisation=desk.organisation)
    tickets.link_device(ticket, assets.add_asset(new, by=SYSTEM, now=NOW), by=SYSTEM, now=NOW)
    tickets.take_ticket(ticket, by=agent, now=NOW)
    tickets.wait_for(ticket, "waiting_requester", reason="Frage", until=LATER, by=agent, now=NOW)
    return ticket


def test_everything_follows_and_undoing_restores_every_row(desk: Desk) -> None:
    source, target = furnished(desk, desk.requester), furnished(desk, desk.requester)
    before = state()
    mails, told = OutboxMail.objects.count(), Notification.objects.count()
    record = merge(source, target, by=desk.as_agent(), reason="Dasselbe")
    merged, living = fresh(source), fresh(target)
    assert (merged.status_type, merged.merged_into_id, merged.message_count) == ("merged", target.pk, 0)
    assert not merged.is_ongoing
    assert (merged.wait_until, merged.next_due_at) == (None, None)
    assert living.message_count == 8
    assert not Message.objects.filter(ticket=source).exists()
    assert living.status_type == "waiting"
    assert by_number(source.number) == living
    assert Draft.objects.filter(ticket=source).count() == 1, "its person has one there already"
    assert living.ticket_assets.count() == 2
    assert TicketLink.objects.filter(source=living).count() == 2
    assert (OutboxMail.objects.count(), Notification.objects.count()) == (mails, told), "nobody is told"
    for ticket in (source, target):
        assert "ticket.merged" in {event.code for event in events_for(Subject("ticket", ticket.pk))}
    assert not [event for event in events_for(Subject("ticket", source.pk)) if "Dasselbe" in str(event.data)]
    undo_merge(record, by=desk.as_agent(), now=LATER)
    after = state()
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
    assert (OutboxMail.objects.count(), Notification.objects.count()) == (mails, told)
    with pytest.raises(AlreadyUndone):
        undo_merge(record, by=desk.as_agent(), now=LATER)


def test_what_is_refused(desk: Desk) -> None:
    one, two, three = (open_for(desk.requester) for _ in range(3))
    with pytest.raises(MergeOfOne):
        merge(one, one)
    merge(one, two)
    with pytest.raises(MergedAway):
        merge(one, three)
    with pytest.raises(MergedAway):
        merge(three, one)
    with pytest.raises(MergeCircular):
        merge(two, one)
    with pytest.raises(NotAllowed):
        merge(two, three, by=as_requester(desk.requester))
    with pytest.raises(MergedAway):
        tickets.take_ticket(fresh(one), by=desk.as_agent(), now=NOW)
    with pytest.raises(TicketChanged):
        merge(two, three, source_version=fresh(two).status_version + 1)
    with pytest.raises(TicketChanged):
        merge(two, three, target_version=fresh(three).status_version - 1)
    assert fresh(two).merged_into_id is None


def test_who_sees_one_team_only_merges_nothing_of_others(desk: Desk) -> None:
    narrow = make_agent("Rita Ruf", scope=Scope(team=desk.second))
    here, there = open_for(desk.requester), open_for(desk.requester)
    Ticket.objects.filter(pk=there.pk).update(team=desk.second, level=desk.second.level)
    viewer = as_agent(narrow)
    assert set(visible_tickets(viewer)) == {there}
    with pytest.raises(NotAllowed):
        merge(there, here, by=viewer)
    with pytest.raises(NotAllowed):
        merge(here, there, by=viewer)


def test_strangers_never_read_each_others_words(desk: Desk) -> None:
    mine, theirs = (
        open_for(desk.requester, text="Mein Geheimnis"),
        open_for(desk.outsider, text="Ihr Geheimnis"),
    )
    tickets.reply(theirs, "Antwort an Otto", recipients=(), by=desk.as_agent(), now=NOW)
    record = merge(theirs, mine, by=desk.as_agent())
    assert record.is_apart
    me, them = as_requester(desk.requester), as_requester(desk.outsider)
    assert texts(mine, me) == ["Mein Geheimnis"]
    assert list(visible_tickets(them)) == [theirs]
    assert texts(theirs, them) == ["Ihr Geheimnis", "Antwort an Otto"]
    assert not visible_messages(me).filter(apart_of__isnull=False).exists()
    assert not Participant.objects.filter(ticket=mine, person=desk.outsider).exists()
    # What they write on goes to the desk, and to nobody else.
    more = tickets.reply(fresh(theirs), "Noch ein Geheimnis", recipients=(), by=them, now=LATER)
    assert (more.ticket_id, more.written_to_id, more.apart_of_id) == (mine.pk, theirs.pk, theirs.pk)
    by_mail = tickets.add_message(fresh(mine), said("Per Mail", desk.outsider), by=SYSTEM, now=LATER)
    assert by_mail.apart_of_id == theirs.pk
    stranger = tickets.add_message(
        fresh(mine), said("Von privat", None, written_to=theirs.pk), by=SYSTEM, now=LATER
    )
    assert stranger.apart_of_id == theirs.pk
    assert texts(mine, me) == ["Mein Geheimnis"]
    assert set(texts(mine, desk.as_agent())) >= {"Mein Geheimnis", "Ihr Geheimnis", "Noch ein Geheimnis"}
    reply = tickets.reply(fresh(mine), "Antwort an Miriam", recipients=(), by=desk.as_agent(), now=LATER)
    assert reply.pk not in visible_messages(them).values_list("pk", flat=True)
    undo_merge(record, by=desk.as_agent(), now=LATER)
    assert texts(mine, me) == ["Mein Geheimnis", "Antwort an Miriam"]
    assert len(texts(theirs, them)) == 5
    assert not Message.objects.exclude(written_to=None, apart_of=None).exists()


def test_together_both_read_everything_and_undoing_parts_them(desk: Desk) -> None:
    mine, theirs = open_for(desk.requester, text="Mein Wort"), open_for(desk.colleague, text="Sein Wort")
    before = state()
    record = merge(theirs, mine)
    assert not record.is_apart, "people of one customer"
    joined = Participant.objects.get(ticket=mine, person=desk.colleague)
    assert joined.role == ParticipantRole.AFFECTED
    both = ["Mein Wort", "Sein Wort"]
    assert texts(mine, as_requester(desk.requester)) == texts(mine, as_requester(desk.colleague)) == both
    undo_merge(record, by=SYSTEM, now=LATER)
    after = state()
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
    record = merge(theirs, mine, apart=True)
    assert record.is_apart
    assert texts(mine, as_requester(desk.requester)) == ["Mein Wort"]


def test_words_kept_apart_are_not_found_by_others(desk: Desk) -> None:
    mine, theirs = open_for(desk.requester, text="Eins"), open_for(desk.outsider, text="Zauberwort")
    merge(theirs, mine)
    project(Event.objects.order_by("pk"))
    me, agent = as_requester(desk.requester), desk.as_agent()
    assert not search("Zauberwort", {"ticket": searchable(me)}).hits
    assert [hit.object_id for hit in search("Zauberwort", {"ticket": searchable(agent)}).hits] == [mine.pk]


def test_chains_lead_to_the_living_and_come_apart_in_any_order(desk: Desk) -> None:
    a, b, c = (open_for(desk.requester, text=text) for text in "abc")
    before = state()
    first = merge(a, b)
    second = merge(b, c)
    assert by_number(a.number) == c
    assert Message.objects.filter(ticket=c).count() == 3
    undo_merge(first, by=SYSTEM, now=LATER)
    assert texts(a, SYSTEM) == ["a"]
    assert (fresh(b).merged_into_id, fresh(c).message_count, fresh(c).has_merged) == (c.pk, 2, True)
    undo_merge(second, by=SYSTEM, now=LATER)
    after = state()
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def test_clocks_of_the_source_go_on_as_if_nothing_had_been(desk: Desk) -> None:
    source, target = open_for(desk.requester), open_for(desk.requester)
    due = fresh(source).next_due_at
    record = merge(source, target)
    assert fresh(source).next_due_at is None
    undo_merge(record, by=SYSTEM, now=LATER)
    assert fresh(source).next_due_at == due


@st.composite
def plans(draw: st.DrawFn) -> list[tuple[str, int, int, bool]]:
    kinds = st.sampled_from(["merge", "merge", "move", "undo"])
    numbers = st.integers(0, 3)
    return draw(st.lists(st.tuples(kinds, numbers, numbers, st.booleans()), max_size=9))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=plans())
def test_any_sequence_taken_back_restores_the_exact_former_state(desk: Desk, steps: list[Any]) -> None:
    with transaction.atomic():
        _play(desk, steps)
        transaction.set_rollback(True)


def _pool(desk: Desk) -> list[Ticket]:
    """Four tickets of three people, with links, readers and devices that meet each other."""
    people = (desk.requester, desk.colleague, desk.outsider, desk.requester)
    pool = [open_for(person, f"T{n}", f"Text {n}") for n, person in enumerate(people)]
    for ticket in pool:
        tickets.add_message(ticket, said("Nachtrag", ticket.requester), by=SYSTEM, now=NOW)
        tickets.write_note(ticket, "Notiz", by=SYSTEM, now=NOW)
    tickets.link_tickets(pool[0], pool[1], LinkKind.RELATED, by=SYSTEM, now=NOW)
    tickets.link_tickets(pool[1], pool[2], LinkKind.RELATED, by=SYSTEM, now=NOW)
    tickets.add_participant(pool[2], desk.colleague, ParticipantRole.WATCHER, by=SYSTEM, now=NOW)
    new = assets.AssetInput(name="NB-1", kind="notebook", organisation=desk.organisation)
    asset = assets.add_asset(new, by=SYSTEM, now=NOW)
    for ticket in (pool[0], pool[2]):
        tickets.link_device(ticket, asset, by=SYSTEM, now=NOW)
    return pool


def _play(desk: Desk, steps: list[Any]) -> None:
    pool = _pool(desk)
    done: list[tuple[dict[str, Any], Callable[[], object]]] = []
    words = Message.objects.count()
    for kind, one, other, flag in steps:
        before = state()
        step = _step(kind, pool[one], pool[other], flag, done)
        if step is not None:
            done.append((before, step))
        assert Message.objects.count() == words, "nothing is copied, nothing is lost"
        assert Message.objects.filter(ticket__status_type="merged").count() == 0
    while done:
        before, undo = done.pop()
        undo()
        after = state()
        assert {label: rows for label, rows in after.items() if rows != before[label]} == {}


def _step(
    kind: str, source: Ticket, target: Ticket, flag: bool, done: list[Any]
) -> Callable[[], object] | None:
    source, target = fresh(source), fresh(target)
    if kind == "undo" and done:
        done.pop()[1]()
        return None
    if source.pk == target.pk or "merged" in (source.status_type, target.status_type):
        return None
    if kind == "merge":
        record = merge(source, target, apart=flag)
        return lambda: undo_merge(record, by=SYSTEM, now=LATER)
    own = Message.objects.filter(ticket=source, direction=Direction.INBOUND, apart_of=None, written_to=None)
    message = own.order_by("-pk").first()
    if message is None or source.message_count < 2:
        return None
    move_message(message, target, by=SYSTEM, now=NOW)
    return lambda: move_message(Message.objects.get(pk=message.pk), fresh(source), by=SYSTEM, now=NOW)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_merges_taken_back_in_any_order_leave_no_trace(desk: Desk, data: st.DataObject) -> None:
    with transaction.atomic():
        pool = _pool(desk)
        before, records = state(), list[TicketMerge]()
        pairs = st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans())
        for one, other, apart in data.draw(st.lists(pairs, max_size=8)):
            source, target = fresh(pool[one]), fresh(pool[other])
            if one != other and not (source.merged_into_id or target.merged_into_id):
                records.append(merge(source, target, apart=apart))
        for record in data.draw(st.permutations(records)):
            undo_merge(record, by=SYSTEM, now=LATER)
        after = state()
        assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
        transaction.set_rollback(True)
