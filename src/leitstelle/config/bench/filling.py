"""Tickets in bulk: realistic in their proportions, not in their words."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import ContactKind, Role
from leitstelle.accounts.models import Organisation, Person, Team
from leitstelle.catalog.models import Category
from leitstelle.config.bench.words import FAULTS, SENTENCES, THINGS
from leitstelle.config.shipped import ensure_shipped
from leitstelle.kernel.db import refresh_statistics
from leitstelle.kernel.events import Actor, BulkItem, Subject, bulk_record
from leitstelle.kernel.search import bulk_load
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.models import AgreementVersion, TicketClock
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.actions.opening import COUNTER
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.events import TicketOpened
from leitstelle.tickets.models import NO_DEADLINE, Message, MessageBody, NumberCounter, Participant, Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.rules.texts import preview
from leitstelle.tickets.searchdocs import document

Report = Callable[[int, int], None]
MESSAGES_EACH = 5
CHUNK = 1000
OPEN_SHARE = 0.08
TEAMS = {
    "first": ("Service Desk", "Annahme Süd"),
    "second": ("Netz", "Server", "Anwendungen"),
    "third": ("Plattform",),
}
ORGANISATIONS, PEOPLE = 40, 1500
SEE_ALL, SEE_TEAM, PASSWORD = "alle@bench.example", "team@bench.example", "bench-Kaffee-2040"
STATES = (
    ("new", "new"),
    ("in_progress", "open"),
    ("waiting_requester", "waiting"),
    ("waiting_third", "waiting"),
)


@dataclass(frozen=True)
class House:
    """Who and what the tickets refer to."""

    teams: list[Team]
    agents: dict[int, list[int]]
    organisations: list[Organisation]
    people: list[Person]
    categories: list[int]
    version: AgreementVersion


def fill(count: int, *, now: datetime, report: Report, seed: int = 7) -> None:
    """Make `count` tickets with five messages each, and two agents: one sees all, one sees a team.

    `report` hears how many are done and how many there will be. Same seed, same data.
    """
    chance = random.Random(seed)
    ensure_shipped(now)
    house = _house(now)
    start = NumberCounter.objects.get_or_create(key=COUNTER)[0].value
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        _chunk(house, chance, start + first, size, done=first, total=count, now=now)
        report(first + size, count)
    NumberCounter.objects.filter(key=COUNTER).update(value=start + count)
    refresh_statistics()


def long_ticket(now: datetime, messages: int = 50) -> Ticket:
    """Open one ticket through the ordinary actions and talk on it until it has `messages` messages."""
    by = Viewer.system()
    requester = Person.objects.filter(contact_points__normalised="person-1@kunde.example").get()
    new = tickets.NewTicket(subject="Langes Gespräch", channel=Channel.MAIL, requester_id=requester.pk)
    ticket = tickets.open_ticket(new, _message(0, requester.pk, now), by=by, now=now)
    for index in range(1, messages):
        tickets.add_message(
            ticket, _message(index, requester.pk, now), by=by, now=now + timedelta(minutes=index)
        )
    return ticket


def new_mail(subject: str, now: datetime) -> Ticket:
    """Open one ticket as a mail does: nobody has said what it is about."""
    person_id = Person.objects.filter(contact_points__normalised="person-1@kunde.example").values_list(
        "pk", flat=True
    )[0]
    new = tickets.NewTicket(subject=subject, channel=Channel.MAIL, requester_id=person_id)
    return tickets.open_ticket(new, _message(0, person_id, now), by=Viewer.system(), now=now)


def light_tickets(count: int, *, now: datetime) -> None:
    """Make open tickets without messages: enough for what looks at their columns only."""
    chance = random.Random(count)
    house = _known_house()
    number = NumberCounter.objects.get_or_create(key=COUNTER)[0].value
    rows = [_ticket(house, chance, number + index + 1, 1.0, now) for index in range(count)]
    Ticket.objects.bulk_create(rows)
    NumberCounter.objects.filter(key=COUNTER).update(value=number + count)


def _known_house() -> House:
    """The house that `fill` made."""
    teams = list(Team.objects.select_related("level").order_by("pk"))
    return House(
        teams,
        {team.pk: list(team.memberships.values_list("person_id", flat=True)) for team in teams},
        list(Organisation.objects.order_by("pk")),
        list(Person.objects.filter(organisation__isnull=False).order_by("pk")[:PEOPLE]),
        list(Category.objects.values_list("pk", flat=True)),
        AgreementVersion.objects.select_related("agreement").order_by("pk")[0],
    )


def _message(index: int, author_id: int, now: datetime) -> NewMessage:
    return NewMessage(
        text=" ".join(SENTENCES[(index + n) % len(SENTENCES)] for n in range(4)),
        direction=Direction.INBOUND if index % 2 == 0 else Direction.OUTBOUND,
        channel=Channel.MAIL,
        audience=Audience.INTERNAL if index % 5 == 3 else Audience.PUBLIC,
        author_id=author_id,
        author_is_agent=index % 2 == 1,
        at=now + timedelta(minutes=index),
    )


def _house(now: datetime) -> House:
    by = Viewer.system()
    levels = {level.key: level for level in accounts.ensure_level_schemes(now=now).levels.all()}
    everybody, team_only = _agent("Alle Rechte", SEE_ALL, now), _agent("Nur Team", SEE_TEAM, now)
    teams = []
    for key, names in TEAMS.items():
        for name in names:
            new = accounts.TeamInput(name=name, level=levels[key], is_default=name == "Service Desk")
            teams.append(accounts.create_team(new, members=[everybody], leads=[], by=by, now=now))
    accounts.set_team_members(teams[2], [everybody, team_only], leads=[], by=by, now=now)
    accounts.grant_role(everybody, Role.AGENT, accounts.Scope(), by=by, now=now)
    accounts.grant_role(team_only, Role.AGENT, accounts.Scope(team=teams[2]), by=by, now=now)
    organisations = [
        accounts.create_organisation(accounts.OrganisationInput(name=f"Kunde {index}"), by=by, now=now)
        for index in range(ORGANISATIONS)
    ]
    people = _people(organisations, now)
    return House(
        teams,
        {team.pk: list(team.memberships.values_list("person_id", flat=True)) for team in teams},
        organisations,
        people,
        list(Category.objects.values_list("pk", flat=True)),
        AgreementVersion.objects.select_related("agreement").order_by("pk")[0],
    )


def _agent(name: str, address: str, now: datetime) -> Person:
    by = Viewer.system()
    contact = accounts.ContactInput(kind=ContactKind.EMAIL, value=address, is_primary=True)
    person = accounts.create_person(
        accounts.PersonInput(display_name=name, contacts=[contact]), by=by, now=now
    )
    accounts.verify_contact_point(person.contact_points.get(), by=by, now=now)
    accounts.set_password(person, PASSWORD, by=by, now=now)
    return person


def _people(organisations: list[Organisation], now: datetime) -> list[Person]:
    contact = accounts.ContactInput(kind=ContactKind.EMAIL, value="person-1@kunde.example", is_primary=True)
    first = accounts.PersonInput(display_name="Person 1", organisation=organisations[0], contacts=[contact])
    people = [accounts.create_person(first, by=Viewer.system(), now=now)]
    rest = [
        Person(
            display_name=f"Person {index}",
            sort_name=f"person {index}",
            organisation=organisations[index % len(organisations)],
            created_at=now,
        )
        for index in range(2, PEOPLE)
    ]
    return people + Person.objects.bulk_create(rest, batch_size=500)


def _chunk(
    house: House, chance: random.Random, number: int, size: int, *, done: int, total: int, now: datetime
) -> None:
    rows = [_ticket(house, chance, number + index + 1, (done + index) / total, now) for index in range(size)]
    made = Ticket.objects.bulk_create(rows)
    Participant.objects.bulk_create(
        Participant(ticket=one, person_id=one.requester_id, role="requester", added_at=one.opened_at)
        for one in made
        if one.requester_id is not None
    )
    messages = Message.objects.bulk_create(list(_messages(made, chance)), batch_size=CHUNK)
    bodies = [MessageBody(message=one, text=_body(one.ticket, chance)) for one in messages]
    MessageBody.objects.bulk_create(bodies, batch_size=CHUNK)
    TicketClock.objects.bulk_create(clock for one in made if (clock := _clock(house, one)) is not None)
    bulk_record(_opened(one, message_id) for one, message_id in zip(made, _firsts(messages), strict=True))
    for message, body in zip(messages, bodies, strict=True):
        message.body = body
    bulk_load(document(message) for message in messages)


def _ticket(house: House, chance: random.Random, number: int, age: float, now: datetime) -> Ticket:
    """Age runs from 0 (two years ago) to 1 (now); the youngest tickets are the open ones."""
    opened = now - timedelta(days=730 * (1 - age)) - timedelta(minutes=chance.randrange(600))
    is_open = chance.random() < OPEN_SHARE * (3 if age > 0.8 else 0.5)
    status, status_type = chance.choice(STATES) if is_open else ("closed", "closed")
    team, person = chance.choice(house.teams), chance.choice(house.people)
    due = (
        now + timedelta(minutes=chance.randrange(-3000, 9000))
        if is_open and status_type != "waiting"
        else None
    )
    impact, urgency = chance.choice(("person", "group", "business")), chance.choice(("hindered", "can_wait"))
    last = opened + timedelta(hours=chance.randrange(1, 90))
    thing, fault = chance.choice(THINGS), chance.choice(FAULTS)
    return Ticket(
        number=number,
        subject=f"{thing} {fault}",
        channel=chance.choice(("mail", "mail", "portal", "phone")),
        organisation_id=person.organisation_id,
        requester=person,
        team=team,
        level_id=team.level_id,
        level_rank=team.level.order,
        assignee_id=None if status == "new" else chance.choice(house.agents[team.pk]),
        status_id=status,
        status_type=status_type,
        # As the thing says, so that there is something to learn.
        category_id=house.categories[THINGS.index(thing) % len(house.categories)],
        impact_id=impact,
        urgency_id=urgency,
        priority_id=chance.choice((1, 2, 3, 3, 3, 4)),
        device_label=f"NB-{chance.randrange(10000):05d}",
        opened_at=opened,
        closed_at=None if is_open else last,
        resolved_at=None if is_open else last,
        last_message_at=last,
        message_count=MESSAGES_EACH,
        clock_started_at=opened if is_open else None,
        next_due_at=due,
        due_order=due or NO_DEADLINE,
        paused_at=opened if status_type == "waiting" else None,
        updated_at=last,
    )


def _messages(made: list[Ticket], chance: random.Random) -> Iterator[Message]:
    for ticket in made:
        for index in range(MESSAGES_EACH):
            at = ticket.opened_at + (ticket.last_message_at - ticket.opened_at) * index / (MESSAGES_EACH - 1)
            agent = index % 2 == 1
            yield Message(
                ticket=ticket,
                at=at,
                recorded_at=at,
                direction="outbound" if agent else "inbound",
                channel="mail",
                audience="internal" if index == 3 else "public",
                author_id=ticket.assignee_id if agent else ticket.requester_id,
                author_is_agent=agent,
                preview=preview(chance.choice(SENTENCES)),
            )


def _body(ticket: Ticket, chance: random.Random) -> str:
    return " ".join((ticket.subject, *chance.sample(SENTENCES, 4)))


def _clock(house: House, ticket: Ticket) -> TicketClock | None:
    if ticket.status_type == "closed":
        return None
    waiting = ticket.status_type == "waiting"
    return TicketClock(
        ticket=ticket,
        metric="resolution",
        version=house.version,
        calendar_id=house.version.calendar_id,
        state="paused" if waiting else "running",
        target_seconds=28800,
        consumed_seconds=3600,
        started_at=ticket.opened_at,
        running_since=None if waiting else ticket.next_due_at and ticket.next_due_at - timedelta(hours=7),
        due_at=ticket.next_due_at,
        paused_at=ticket.paused_at,
        # Without a next alarm: a clock process beside the measurement stays quiet.
        reached_percent=100,
    )


def _firsts(messages: list[Message]) -> Iterator[int]:
    return (message.pk for message in islice(messages, 0, None, MESSAGES_EACH))


def _opened(ticket: Ticket, message_id: int) -> BulkItem:
    return BulkItem(
        TicketOpened(
            ticket.channel, ticket.kind, message_id, False, ticket.organisation_id, ticket.requester_id
        ),
        subject=Subject("ticket", ticket.pk),
        actor=Actor.system("bench"),
        at=ticket.opened_at,
        state={"status": ticket.status_id, "priority": ticket.priority_id, "team": ticket.team_id},
    )
