"""The same ticket from two threads at once, on whichever database the tests run."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from leitstelle.accounts.tests.cast import NOW
from leitstelle.tickets import actions
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets
from leitstelle.tickets.errors import HandoverNotOpen, MergedAway, TicketChanged
from leitstelle.tickets.models import Handover, Message, Ticket, TicketMerge
from leitstelle.tickets.tests.desk import make_desk

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; returns what they returned or raised."""
    results: list[object] = []
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_of_two_wins_and_the_other_is_told() -> None:
    desk = make_desk()
    numbers = at_once(*[lambda: desk.open().number] * 6)
    assert len(set(numbers)) == 6
    assert all(isinstance(number, int) for number in numbers)

    first, second = Ticket.objects.order_by("pk")[:2]
    same = Ticket.objects.get(pk=first.pk)
    taken = at_once(
        lambda: actions.take_ticket(first, by=desk.as_agent(), now=NOW),
        lambda: actions.take_ticket(same, by=desk.as_expert(), now=NOW),
    )
    assert sum(isinstance(result, TicketChanged) for result in taken) == 1

    offer = actions.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neu gestartet")
    offered = actions.hand_over(second, offer, by=desk.as_agent(), now=NOW)
    copies = Handover.objects.get(pk=offered.pk), Handover.objects.get(pk=offered.pk)
    accepted = at_once(
        lambda: actions.accept_handover(copies[0], by=desk.as_expert(), now=NOW),
        lambda: actions.accept_handover(copies[1], by=desk.as_lead(), now=NOW),
    )
    assert sum(isinstance(result, HandoverNotOpen) for result in accepted) == 1


def test_merged_by_two_at_once_it_goes_to_one_and_what_is_written_meanwhile_is_kept() -> None:
    desk = make_desk()
    source, one, other = desk.open(), desk.open(), desk.open()
    copies = [Ticket.objects.get(pk=source.pk) for _ in range(3)]

    def merge(copy: Ticket, target: Ticket) -> object:
        return merge_tickets(copy, target, MergePlan(), by=desk.as_agent(), now=NOW)

    def write() -> object:
        return actions.reply(copies[2], "Noch etwas", recipients=(), by=desk.as_requester(), now=NOW)

    results = at_once(lambda: merge(copies[0], one), lambda: merge(copies[1], other), write)
    merges = [result for result in results if isinstance(result, TicketMerge)]
    assert (len(merges), sum(isinstance(result, MergedAway) for result in results)) == (1, 1), results
    living = merges[0].target_id
    assert Message.objects.filter(ticket=source).count() == 0
    assert Message.objects.filter(ticket=living).count() == 3
    assert {one.pk, other.pk} > {living}
    crossed = at_once(
        lambda: merge(Ticket.objects.get(pk=one.pk), other),
        lambda: merge(Ticket.objects.get(pk=other.pk), one),
    )
    assert sum(isinstance(result, TicketMerge) for result in crossed) == 1, "never in a ring"
