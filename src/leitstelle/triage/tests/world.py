"""A desk that has solved tickets to learn from: three kinds of trouble in words of their own."""

from datetime import timedelta

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, email, make_person
from leitstelle.catalog.models import Category
from leitstelle.kernel.work import Delivery, drain
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk

# Category key, kind, impact, urgency, and sentences made of these parts.
TROUBLE = {
    "printing.printer": (
        Kind.INCIDENT,
        "person",
        "hindered",
        (
            "Der Drucker druckt nicht",
            "Papierstau im Drucker",
            "Drucker meldet leeren Toner",
            "Ausdruck streifig",
        ),
        ("seit heute früh", "im zweiten Stock", "bei jedem Auftrag", "schon wieder", "trotz neuem Papier"),
    ),
    "access.password": (
        Kind.REQUEST,
        "person",
        "stopped",
        (
            "Mein Kennwort ist abgelaufen",
            "Passwort vergessen",
            "Anmeldung mit Kennwort klappt nicht",
            "Konto gesperrt",
        ),
        ("nach dem Urlaub", "am Laptop", "im Homeoffice", "bitte zurücksetzen", "seit dem Wochenende"),
    ),
    "network.vpn": (
        Kind.INCIDENT,
        "group",
        "stopped",
        ("VPN bricht ab", "Fernzugriff verbindet nicht", "VPN Verbindung sehr langsam", "Tunnel trennt sich"),
        ("von zu Hause", "bei allen im Team", "alle zehn Minuten", "über WLAN", "seit dem Update"),
    ),
}


def category(key: str) -> Category:
    return Category.objects.get(key=key)


def arrive(
    desk: Desk, subject: str, text: str, *, hours_ago: float = 1, channel: Channel = Channel.MAIL
) -> Ticket:
    """Open a ticket as a mail does: nobody was asked for anything."""
    at = NOW - timedelta(hours=hours_ago)
    new = actions.NewTicket(subject=subject, channel=channel, requester_id=desk.requester.pk)
    first = NewMessage(
        text=text,
        direction=Direction.INBOUND,
        channel=channel,
        audience=Audience.PUBLIC,
        author_id=desk.requester.pk,
        from_email="miriam.brandt@werk-nord.example",
        at=at,
    )
    return actions.open_ticket(new, first, by=desk.as_requester(), now=at)


def solve_many(desk: Desk) -> int:
    """Let the desk have solved sixty tickets of three categories; returns how many. Nobody reacts to them any more."""
    made = 0
    for key, (kind, impact, urgency, openings, ends) in TROUBLE.items():
        for opening in openings:
            for end in ends:
                made += 1
                text = f"Guten Tag, {opening.lower()} {end}. Danke!"
                ticket = arrive(desk, f"{opening} {end}", text, hours_ago=made)
                Ticket.objects.filter(pk=ticket.pk).update(
                    category=category(key),
                    kind=kind,
                    impact_id=impact,
                    urgency_id=urgency,
                    classification_version=2,
                    status_id="resolved",
                    status_type=StatusType.RESOLVED,
                    resolved_at=NOW,
                )
    Delivery.objects.all().delete()
    return made


def solve(desk: Desk, ticket: Ticket) -> None:
    """Solve a ticket as an agent does."""
    ticket.refresh_from_db()
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)


def crowd(desk: Desk, count: int) -> list[Person]:
    return [
        make_person(
            f"Person {number}", email(f"person{number}@werk-nord.example"), organisation=desk.organisation
        )
        for number in range(count)
    ]


def report(desk: Desk, who: Person, subject: str, minute: int) -> Ticket:
    at = NOW + timedelta(minutes=minute)
    new = actions.NewTicket(subject=subject, channel=Channel.MAIL, requester_id=who.pk)
    first = NewMessage(
        text=subject,
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=who.pk,
        at=at,
    )
    ticket = actions.open_ticket(new, first, by=desk.as_lead(), now=at)
    drain()
    return ticket


SUBJECTS = (
    "SAP nicht erreichbar",
    "SAP geht nicht, nicht erreichbar",
    "SAP erreichbar? Nein!",
    "SAP ist nicht erreichbar",
)


def break_down(desk: Desk) -> None:
    """Let four people report the same within minutes."""
    for number, (who, subject) in enumerate(zip(crowd(desk, 4), SUBJECTS, strict=True)):
        report(desk, who, subject, number)


def solve_in_teams(desk: Desk) -> int:
    """`solve_many`, where the second team solved what is about the network; returns how many that was."""
    solve_many(desk)
    done = Ticket.objects.filter(status_type=StatusType.RESOLVED)
    done.update(assignee=desk.agent)
    network = done.filter(category=category("network.vpn"))
    return network.update(team=desk.second, level_id=desk.second.level_id, assignee=desk.expert)
