"""Deadlines are set by what holds now, though agreements and service hours are kept in mind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.kernel.events import journal, unit, units
from leitstelle.kernel.kept import forget
from leitstelle.sla.actions import TargetInput, VersionInput, ensure_defaults, publish_version, update_clocks
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import Agreement
from leitstelle.sla.rules.amounts import Amount
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import make_desk

pytestmark = pytest.mark.django_db

# A Wednesday, 10:00 in Berlin; the shipped hours are Monday to Friday 8 to 17.
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
SOON = WEDNESDAY + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "MASTER_DATA_SECONDS", 3600)
    forget()
    yield
    forget()


@pytest.fixture
def ticket() -> Ticket:
    calendars.ensure_defaults(WEDNESDAY)
    desk = make_desk()
    ensure_defaults(default_calendar(), name="Standard", now=WEDNESDAY)
    return desk.open(now=WEDNESDAY)


def publish(hours: int) -> None:
    """Promise a solution within so many hours, for open tickets too."""
    targets = [TargetInput(Metric.RESOLUTION, rank, Amount(hours * 3600)) for rank in (1, 2, 3, 4)]
    terms = VersionInput(default_calendar(), tuple(targets), SOON, takes_over=True)
    agreement = Agreement.objects.get()
    publish_version(agreement, terms, seen=agreement.versions.count(), by=SYSTEM, now=SOON)


def promised(ticket: Ticket) -> int:
    """The hours of the resolution target that count now."""
    clock = update_clocks(ticket, SOON).clock(Metric.RESOLUTION)
    assert clock is not None
    return clock.target_seconds // 3600


def test_agreements_and_hours_are_not_read_for_every_ticket(ticket: Ticket) -> None:
    update_clocks(ticket, SOON)
    with CaptureQueriesContext(connection) as asked:
        update_clocks(ticket, SOON)
    tables = " ".join(query["sql"] for query in asked)
    assert "sla_agreement" not in tables
    assert "calendars_" not in tables
    assert "catalog_category" not in tables


def test_what_another_process_publishes_counts_at_once(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert promised(ticket) == 27
    with monkeypatch.context() as elsewhere:
        # This process hears nothing of it: neither from the recorder nor at the end of the unit.
        elsewhere.setattr(journal, "forget", lambda kinds: None)
        elsewhere.setattr(units, "forget", lambda kinds: None)
        publish(5)
        assert promised(ticket) == 5
        publish(6)
        assert promised(ticket) == 6


def test_what_is_published_in_the_same_transaction_counts_at_once(ticket: Ticket) -> None:
    assert promised(ticket) == 27
    with unit():
        publish(5)
        assert promised(ticket) == 5
    assert promised(ticket) == 5


class Stop(Exception):
    """Breaks off a unit."""


@unit()
def publish_in_vain(ticket: Ticket) -> None:
    publish(5)
    assert promised(ticket) == 5
    raise Stop


def test_what_was_rolled_back_counts_no_more(ticket: Ticket) -> None:
    with pytest.raises(Stop):
        publish_in_vain(ticket)
    assert promised(ticket) == 27
