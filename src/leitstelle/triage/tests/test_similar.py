"""Similar tickets, possible duplicates and outages: found where they may be seen, and nowhere else."""

import pytest
from django.test import Client

from leitstelle.accounts.actions import Scope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, as_agent, email, make_agent
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, LinkKind
from leitstelle.tickets.models import Ticket, TicketLink
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.bursts import accept_burst, dismiss_burst
from leitstelle.triage.choices import BurstState, Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.models import Burst, BurstTicket, Proposal
from leitstelle.triage.policies import visible_bursts
from leitstelle.triage.queries.similar import like_tickets
from leitstelle.triage.rules.bursts import at_least, is_burst
from leitstelle.triage.rules.similar import Relation, alike_subjects, likenesses, may_be_duplicate
from leitstelle.triage.tests.world import arrive, break_down, crowd, report, solve


class TestRules:
    def test_rare_words_make_texts_alike(self) -> None:
        found = likenesses(
            "drucker papierstau fach zwei bitte hilfe",
            {1: "papierstau drucker fach bitte hilfe", 2: "kennwort vergessen bitte hilfe", 3: ""},
        )
        assert found[1].share > 0.7
        assert found[2].share < 0.25
        assert found[3].share == 0
        assert found[1].words[0] in ("drucker", "papierstau", "fach")

    @pytest.mark.parametrize(
        ("share", "person", "place", "is_open", "expected"),
        [
            (0.4, True, True, True, True),
            (0.4, False, True, True, False),
            (0.6, False, True, True, True),
            (0.6, False, False, True, False),
            (0.8, False, False, True, True),
            (0.9, True, True, False, False),
        ],
    )
    def test_duplicates(self, share: float, person: bool, place: bool, is_open: bool, expected: bool) -> None:
        assert may_be_duplicate(share, Relation(person, place, is_open)) is expected

    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("sap nicht erreichbar", "sap ist nicht erreichbar seit heute", True),
            ("drucker geht nicht", "sap geht nicht", False),
            ("vpn down", "vpn not working", True),
            ("hilfe bitte", "bitte hilfe", False),
            ("sap druckt lieferscheine nicht", "sap anmeldung gesperrt", False),
        ],
    )
    def test_subjects(self, one: str, other: str, expected: bool) -> None:
        assert alike_subjects(one, other) is expected

    def test_poisson(self) -> None:
        assert at_least(0, 1.0) == pytest.approx(1.0)
        assert at_least(1, 1.0) == pytest.approx(0.6321, abs=1e-4)
        assert at_least(6, 1.0) == pytest.approx(0.000594, abs=1e-6)

    def test_few_people_are_no_outage(self) -> None:
        assert not is_burst(3, 20, 0.1)
        assert is_burst(5, 5, 0.1)
        assert not is_burst(6, 6, 3.0)


pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def page_of(client: Client, person: Person, url: str) -> str:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_duplicates_and_solutions_are_found(desk: Desk, client: Client) -> None:
    old = arrive(
        desk, "Papierstau im Drucker Fach zwei", "Der Drucker meldet Papierstau im Fach zwei.", hours_ago=90
    )
    tickets.reply(
        old, "Bitte die Walze von Fach zwei herausziehen.", recipients=(), by=desk.as_agent(), now=NOW
    )
    solve(desk, old)
    twin = arrive(desk, "Drucker Papierstau Fach zwei", "Papierstau im Fach zwei des Druckers.", hours_ago=2)
    arrive(desk, "Kennwort vergessen", "Ich kann mich nicht anmelden.", hours_ago=2)
    ticket = arrive(desk, "Papierstau Fach zwei", "Schon wieder Papierstau im Drucker, Fach zwei.")
    drain()
    likes = like_tickets(desk.as_agent(), ticket)
    assert [like.ticket for like in likes[:2]] == [twin, old]
    assert likes[0].duplicate
    assert likes[0].same_requester
    assert not likes[1].duplicate
    assert likes[1].solution.startswith("Bitte die Walze")
    page = page_of(client, desk.agent, f"/tickets/{ticket.public_id}/similar/")
    assert "Link as duplicate" in page
    assert "Bitte die Walze" in page
    answer = client.post(
        f"/tickets/{ticket.public_id}/links/", {"number": twin.number, "kind": LinkKind.DUPLICATE_OF}
    )
    assert answer.status_code == 303
    assert TicketLink.objects.filter(source=ticket, target=twin, kind=LinkKind.DUPLICATE_OF).exists()


def test_nobody_learns_of_tickets_they_do_not_see(desk: Desk, client: Client) -> None:
    theirs = tickets.NewTicket(
        subject="Papierstau im Drucker", channel=Channel.MAIL, requester_id=desk.outsider.pk
    )
    first = NewMessage(
        text="Papierstau im Drucker. GEHEIM-ANDERSWO",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=desk.outsider.pk,
    )
    hidden = tickets.open_ticket(theirs, first, by=desk.as_lead(), now=NOW)
    ticket = arrive(desk, "Papierstau im Drucker", "Papierstau im Drucker.")
    narrow = make_agent(
        "Nina Nah", email("nina.nah@desk.example"), scope=Scope(organisation=desk.organisation)
    )
    drain()
    assert [like.ticket for like in like_tickets(desk.as_agent(), ticket)] == [hidden]
    assert like_tickets(as_agent(narrow), ticket) == []
    assert "GEHEIM" not in page_of(client, narrow, f"/tickets/{ticket.public_id}/similar/")
    client.force_login(desk.requester, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/tickets/{ticket.public_id}/similar/").status_code == 404


@pytest.fixture
def burst(desk: Desk) -> Burst:
    break_down(desk)
    return Burst.objects.get()


def test_many_like_tickets_ask_whether_it_is_an_outage(desk: Desk, burst: Burst) -> None:
    assert burst.organisation == desk.organisation
    assert burst.members.count() == 4
    assert Proposal.objects.filter(matter=Matter.OUTAGE, state=ProposalState.SUGGESTED).count() == 4
    event = Event.objects.get(code="triage.outage_suspected")
    assert event.data["count"] == 4


def test_different_matters_ask_nothing(desk: Desk) -> None:
    subjects = ("SAP nicht erreichbar", "Kennwort vergessen", "Neue Maus bitte", "Drucker ohne Toner", "Fax")
    for number, (who, subject) in enumerate(zip(crowd(desk, 5), subjects, strict=True)):
        report(desk, who, subject, number)
    assert not Burst.objects.exists()


def test_one_person_is_no_outage(desk: Desk) -> None:
    for minute in range(5):
        report(desk, desk.requester, "SAP nicht erreichbar", minute)
    assert not Burst.objects.exists()


def test_confirmed_it_links_what_there_is_and_what_comes(desk: Desk, burst: Burst) -> None:
    members = list(Ticket.objects.filter(pk__in=burst.members.values("ticket_id")).order_by("pk"))
    other = desk.open("Etwas ganz anderes")
    with pytest.raises(NotAllowed):
        accept_burst(burst, members[0], by=desk.as_agent(), now=NOW)
    with pytest.raises(InvalidInput):
        accept_burst(burst, other, by=desk.as_lead(), now=NOW)
    accept_burst(burst, members[0], by=desk.as_lead(), now=NOW)
    links = TicketLink.objects.filter(target=members[0], kind=LinkKind.CHILD_OF)
    assert links.count() == 3
    with pytest.raises(AlreadyAnswered):
        dismiss_burst(burst, seen=members[0], by=desk.as_lead(), now=NOW)
    late = report(desk, desk.colleague, "SAP nicht erreichbar", 50)
    assert BurstTicket.objects.get(ticket=late).burst == burst
    assert links.count() == 4


def test_dismissed_it_keeps_silent(desk: Desk, burst: Burst) -> None:
    seen = Ticket.objects.get(pk=burst.members.values_list("ticket_id", flat=True)[0])
    dismiss_burst(burst, seen=seen, by=desk.as_lead(), now=NOW)
    report(desk, desk.colleague, "SAP nicht erreichbar", 20)
    report(desk, desk.requester, "SAP nicht erreichbar", 21)
    assert Burst.objects.count() == 1
    assert not Proposal.objects.filter(matter=Matter.OUTAGE, state=ProposalState.SUGGESTED).exists()


def test_the_page_of_an_outage(desk: Desk, burst: Burst, client: Client) -> None:
    stranger = make_agent(
        "Nora Fern", email("nora.fern@desk.example"), scope=Scope(organisation=desk.elsewhere)
    )
    assert not visible_bursts(as_agent(stranger)).exists()
    assert not visible_bursts(desk.as_requester()).exists()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/outages/{burst.public_id}/").status_code == 404
    assert "Nothing unusual" in page_of(client, stranger, "/outages/")
    page = page_of(client, desk.agent, f"/outages/{burst.public_id}/")
    assert "SAP ist nicht erreichbar" in page
    assert "Yes, link them" not in page
    page = page_of(client, desk.lead, f"/outages/{burst.public_id}/")
    assert "Yes, link them" in page
    main = burst.members.order_by("pk").values_list("ticket_id", flat=True)[1]
    ticket = Ticket.objects.get(pk=main)
    assert f"/outages/{burst.public_id}/" in page_of(client, desk.lead, f"/tickets/{ticket.public_id}/")
    answer = client.post(f"/outages/{burst.public_id}/settle/", {"decision": "accept", "main": main})
    assert answer.status_code == 303
    burst.refresh_from_db()
    assert burst.state == BurstState.ACCEPTED
    assert burst.main_id == main
