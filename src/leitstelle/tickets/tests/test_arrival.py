"""Where new tickets begin: the house's first team, and the lowest level of whoever is served by another scheme."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import LevelScheme, Organisation
from leitstelle.accounts.tests.cast import NOW, SYSTEM, make_organisation
from leitstelle.kernel.kept import forget
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import NO_LEVEL, Ticket
from leitstelle.tickets.queries import team_of_arrival
from leitstelle.tickets.queries.inbox import VIEWS, select, tickets_in
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk, two_tier


@pytest.fixture
def desk(db: None) -> Desk:
    forget()
    return make_desk()


def test_without_a_scheme_of_its_own_a_ticket_begins_in_the_house(desk: Desk) -> None:
    ticket = desk.open()
    assert (ticket.team, ticket.level_rank) == (desk.first, desk.first.level.order)


def test_a_ticket_begins_on_the_lowest_level_of_its_organisations_scheme(desk: Desk) -> None:
    front = two_tier(desk.organisation)
    ticket = desk.open()
    assert (ticket.team, ticket.level) == (front, front.level)


def test_a_department_is_served_as_the_organisation_above_it(desk: Desk) -> None:
    front = two_tier(desk.organisation)
    below = make_organisation("Werk Nord, Lager", parent=desk.organisation)
    assert team_of_arrival(below.pk) == front
    house = LevelScheme.objects.get(is_default=True)
    Organisation.objects.filter(pk=below.pk).update(level_scheme=house)
    forget()
    assert team_of_arrival(below.pk) == desk.first
    assert team_of_arrival(None) == desk.first


def test_a_team_that_was_chosen_stays(desk: Desk) -> None:
    two_tier(desk.organisation)
    new = actions.NewTicket(
        subject="Drucker", channel=Channel.MAIL, requester_id=desk.requester.pk, team_id=desk.second.pk
    )
    said = NewMessage(
        text="Seit heute.", direction=Direction.INBOUND, channel=Channel.MAIL, audience=Audience.PUBLIC
    )
    assert actions.open_ticket(new, said, by=SYSTEM, now=NOW).team == desk.second


def test_a_scheme_nobody_works_in_leaves_tickets_with_the_house(desk: Desk) -> None:
    scheme = LevelScheme.objects.get(key="two-tier")
    Organisation.objects.filter(pk=desk.organisation.pk).update(level_scheme=scheme)
    forget()
    assert desk.open().team == desk.first


def test_lists_by_level_follow_the_order_of_levels_and_not_their_ids(desk: Desk) -> None:
    scheme = desk.first.level.scheme
    low = desk.open("unten")
    high = desk.open("oben")
    actions.assign_ticket(high, team=desk.second, to=None, by=SYSTEM, now=NOW)
    nowhere = desk.open("nirgends")
    Ticket.objects.filter(pk=nowhere.pk).update(level=None, level_rank=NO_LEVEL)
    assert order_of(desk) == ["unten", "oben", "nirgends"]
    levels = [
        accounts.LevelInput(key=one.key, name_de=one.name_de, name_en=one.name_en, short=one.short)
        for one in scheme.levels.order_by("-order")
    ]
    wanted = accounts.SchemeInput(name_de=scheme.name_de, name_en=scheme.name_en, levels=levels)
    accounts.edit_level_scheme(scheme, wanted, by=SYSTEM, now=NOW + timedelta(minutes=1))
    assert order_of(desk) == ["oben", "unten", "nirgends"]
    low.refresh_from_db()
    assert low.level_rank == desk.first.level.scheme.levels.get(pk=low.level_id or 0).order


def order_of(desk: Desk) -> list[str]:
    """Subjects of all open tickets by level, fetched one to a page, forwards and backwards."""
    viewer = desk.as_lead()
    chosen = select(VIEWS, {"view": "open", "order": "level"})
    chosen = replace(chosen, view=replace(chosen.view, columns=("ticket",)))
    rows = tickets_in(chosen, viewer)
    found, after = [], None
    while True:
        page = keyset(rows, chosen.sort, after=after, size=1)
        found += [one.subject for one in page.items]
        if page.next is None:
            break
        after = page.next
    back = keyset(rows, chosen.sort, before=after, size=9)
    assert [one.subject for one in back.items] == found[: len(back.items)]
    return found
