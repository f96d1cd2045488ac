"""Loading the demo company: all of it or nothing, once, into a journal that verifies."""

from datetime import UTC, datetime

import pytest

from leitstelle.accounts.models import Organisation, Person
from leitstelle.config.demo import is_loaded, load, sign_ins
from leitstelle.kernel.events import verify
from leitstelle.kernel.search.models import SearchRow
from leitstelle.kernel.work import Delivery
from leitstelle.tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TICKETS = 12


class Interrupted(Exception):
    """Somebody pressed Ctrl-C, or the power went."""


def quiet(share: float, detail: str) -> None:
    """Nobody is watching."""


def test_what_is_interrupted_leaves_nothing_and_is_loaded_again() -> None:
    def interrupt(share: float, detail: str) -> None:
        if share > 0.5:
            assert Ticket.objects.exists()
            raise Interrupted

    with pytest.raises(Interrupted):
        load(interrupt, tickets=TICKETS, now=NOW)
    assert not is_loaded()
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()
    assert not Ticket.objects.exists()

    made = load(quiet, tickets=TICKETS, now=NOW)
    assert is_loaded()
    assert Ticket.objects.count() == made >= TICKETS


def test_it_loads_once_and_completely() -> None:
    heard: list[float] = []
    made = load(lambda share, detail: heard.append(share), tickets=TICKETS, now=NOW)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0

    assert load(quiet, tickets=TICKETS, now=NOW) == 0
    assert Ticket.objects.count() == made >= TICKETS
    assert SearchRow.objects.filter(kind="ticket").values("object_id").distinct().count() == made
    assert not Delivery.objects.exists(), "a demo tells nobody"
    assert verify().ok
    addresses = [one.email for one in sign_ins()]
    assert Person.objects.filter(contact_points__normalised__in=addresses).count() == len(addresses)
