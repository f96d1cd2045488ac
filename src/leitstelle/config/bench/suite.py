"""The order of a measurement."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

from django.urls import reverse
from django.utils import timezone

from leitstelle.config.bench.client import Client
from leitstelle.config.bench.clocks import measure_clocks
from leitstelle.config.bench.filling import PASSWORD, SEE_ALL, SEE_TEAM, fill, long_ticket
from leitstelle.config.bench.measuring import Figure, measure_mail, measure_pages, measure_weight
from leitstelle.config.bench.server import resident_megabytes, running, wait_for_sign_in
from leitstelle.config.bench.sockets import measure_chat, measure_screen_pop
from leitstelle.config.prepare import pages
from leitstelle.config.tables import bring_up_to_date
from leitstelle.tickets.models import Ticket

Bar = Callable[[str, int, int], None]
# Whoever the clocks belong to.
FEW_TICKETS = 200


def measure(tickets: int, bar: Bar, *, start: bool = True) -> Iterator[Figure]:
    """Yield every figure. Fills the database first unless it already holds that many tickets."""
    now = timezone.now()
    pages(lambda _share, _note: None)
    bring_up_to_date()
    if Ticket.objects.count() < tickets:
        fill(tickets, now=now, report=partial(bar, "filling"))
    ticket = Ticket.objects.filter(subject="Langes Gespräch").first() or long_ticket(now)
    path = reverse("tickets:ticket", args=[ticket.public_id])
    with running("web", LEITSTELLE_MEASURE="1") as (base, _pid):
        wait_for_sign_in(base)
        for who, address in (("all", SEE_ALL), ("team", SEE_TEAM)):
            client = Client(base)
            client.sign_in(address, PASSWORD)
            yield from measure_pages(client, who, path)
        yield from measure_weight(client)
    with running("web") as (base, pid):
        wait_for_sign_in(base)
        client = Client(base)
        client.sign_in(SEE_ALL, PASSWORD)
        yield from measure_screen_pop(base, client, now)
        yield from measure_chat(base, pid, now, partial(bar, "chats"))
    yield from measure_mail(now, partial(bar, "mail"))
    if start:
        yield from _starting()


def measure_apart(what: str, count: int, tickets: int, bar: Bar) -> Iterator[Figure]:
    """Yield the figures of one part alone: `clocks` with `count` open ones, or `triage` with `tickets`."""
    now = timezone.now()
    pages(lambda _share, _note: None)
    bring_up_to_date()
    wanted = FEW_TICKETS if what == "clocks" else tickets
    if Ticket.objects.count() < wanted:
        fill(wanted, now=now, report=partial(bar, "filling"))
    if what == "clocks":
        yield from measure_clocks(count, now, partial(bar, "clocks"))
    else:
        # Loaded here: the statistics take a second and a half, and 120 MB.
        yield from import_module("leitstelle.config.bench.triage").measure_triage(
            now, partial(bar, "training")
        )


def _starting() -> Iterator[Figure]:
    with running("up") as (base, pid):
        seconds = wait_for_sign_in(base)
        yield Figure("start to sign-in page", seconds, seconds, 0, 10, unit="s")
        Client(base).get("/account/login/")
        megabytes = resident_megabytes(pid)
        yield Figure("memory, web + worker + clock", megabytes, megabytes, 0, 450, unit="MB")
