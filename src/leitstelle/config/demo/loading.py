"""Loading the demo company once, with progress."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from leitstelle.accounts.models import Person
from leitstelle.calendars.queries import default_calendar, hours_of
from leitstelle.config.demo.chats import open_chats
from leitstelle.config.demo.company import DEMO_PASSWORD, Company, create_company, read_company
from leitstelle.config.demo.handovers import send_some_back
from leitstelle.config.demo.levels import let_calls_be_answered, tier
from leitstelle.config.demo.mailroom import fill_mailroom
from leitstelle.config.demo.merges import merge_some
from leitstelle.config.demo.play import category_ids, play
from leitstelle.config.demo.priorities import change_priorities, mark_vips
from leitstelle.config.demo.promises import promise
from leitstelle.config.demo.routing import create_rules, give_out_work
from leitstelle.config.demo.scene import Scene
from leitstelle.config.demo.services import offer
from leitstelle.config.demo.stories import Story, choose, read_texts
from leitstelle.config.demo.teaching import teach
from leitstelle.config.demo.telephony import connect_telephones
from leitstelle.config.demo.vendors import create_vendors, more_cases
from leitstelle.config.demo.webhooks import connect_monitoring
from leitstelle.config.demo.words import Words
from leitstelle.config.shipped import ensure_shipped
from leitstelle.kernel.events import Event, unit
from leitstelle.kernel.kept import forget
from leitstelle.kernel.search import bulk_load
from leitstelle.kernel.work import Delivery
from leitstelle.notifications.actions import tell
from leitstelle.notifications.models import MailItem
from leitstelle.notifications.queries.news import TOLD
from leitstelle.sla.actions import leave_past_alarms_silent
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.searchdocs import documents
from leitstelle.triage.actions.training import train_model
from leitstelle.triage.choices import ModelState

Report = Callable[[float, str], None]
TICKETS = 400
SEED = 20261
# How far back the bells of a fresh demo tell.
BELLS = timedelta(hours=6)
BATCH = 10
# The desk learned twice before today, so that its proposals have a past.
_LESSONS = (0.35, 0.65)
_COMPANY_SHARE, _STORIES_SHARE = 0.1, 0.8


@dataclass(frozen=True)
class SignIn:
    """A way into the demo: role code, name, address, password."""

    role: str
    name: str
    email: str
    password: str


def sign_ins() -> list[SignIn]:
    """Return the demo's sign-ins for the terminal and the sign-in page."""
    data = read_company()
    people = {one["key"]: f"{one['first']} {one['last']}" for one in data["people"]}
    return [
        SignIn(one["role"], people[one["person"]], one["mail"], DEMO_PASSWORD) for one in data["sign_ins"]
    ]


def is_loaded() -> bool:
    """Whether the demo's first sign-in exists."""
    return Person.objects.filter(contact_points__normalised=read_company()["sign_ins"][0]["mail"]).exists()


def load(report: Report, *, tickets: int = TICKETS, now: datetime | None = None, seed: int = SEED) -> int:
    """Load the demo company unless it is there; returns how many tickets were made.

    `report` hears a share (0 to 1) and a detail. Stories end at `now` (aware, default the present). All of it is one
    transaction: what is interrupted leaves nothing, and the next start loads again.
    """
    if is_loaded():
        report(1.0, "")
        return 0
    moment = now or timezone.now()
    with _quietly():
        ensure_shipped(moment)
    try:
        with transaction.atomic():
            made = _fill(report, tickets, moment, seed)
    finally:
        forget()  # what was read inside is not there after a rollback, and only now there for others
    report(1.0, "")
    return made


def _fill(report: Report, tickets: int, now: datetime, seed: int) -> int:
    with _quietly():
        company = create_company(read_company(), now=now)
        create_vendors(company, now=now)
        tier(company, now=now)
        mark_vips(company)
        offer(company, now=now)
        create_rules(company, now=now)
        promise(company, now=now)
    report(_COMPANY_SHARE, "")
    hours = hours_of(default_calendar().pk)
    stories = choose(company, hours, count=tickets, now=now, seed=seed)
    _play_all(company, stories, now, random.Random(seed), report)
    with _quietly():
        more_cases(company, now=now)
        send_some_back(now=now)
        merge_some(now=now)
        let_calls_be_answered(now=now)
        change_priorities(company, now=now)
    with _quietly():
        teach(company, read_texts()["learning"], now=now)
    with _quietly():
        give_out_work(company, now=now)
    with _quietly():
        connect_telephones(company, now=now)
    with _quietly():
        open_chats(company, now=now)
    with _quietly():
        connect_monitoring(company, now=now)
    with _quietly():
        fill_mailroom(company, now=now)
    leave_past_alarms_silent(now)
    _ring_recent_bells(now)
    made = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    bulk_load(documents(made))
    return len(made)


def _ring_recent_bells(now: datetime) -> None:
    """Tell people in the product of what happened last, so that their bells have something to show; mails none."""
    codes, before = [cls.code for cls in TOLD], MailItem.objects.order_by("pk").last()
    for event in Event.objects.filter(code__in=codes, at__gt=now - BELLS).order_by("pk"):
        tell(event, now=event.at)
    MailItem.objects.filter(pk__gt=before.pk if before else 0).delete()


def _play_all(
    company: Company, stories: list[Story], now: datetime, chance: random.Random, report: Report
) -> None:
    texts, categories = read_texts(), category_ids()
    hours = hours_of(default_calendar().pk)
    load_of: dict[str, int] = {}
    lessons = {int(len(stories) * share) // BATCH * BATCH for share in _LESSONS}
    taught = False
    for first in range(0, len(stories), BATCH):
        with _quietly():
            if first and first in lessons:
                taught = train_model(now=stories[first].opens_at).state == ModelState.READY or taught
            for story in stories[first : first + BATCH]:
                words = Words(company, story, texts, hours, chance)
                scene = Scene(
                    company,
                    story,
                    words,
                    hours,
                    chance,
                    now,
                    categories,
                    load_of,
                    story.opens_at,
                    proposes=taught,
                )
                play(scene)
        done = min(first + BATCH, len(stories))
        report(_COMPANY_SHARE + _STORIES_SHARE * done / len(stories), f"{done}/{len(stories)}")


@contextmanager
def _quietly() -> Iterator[None]:
    """One transaction whose events reach nobody: a demo sends no mail and rings no bell."""
    with transaction.atomic():
        newest = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with unit():
            yield
        Delivery.objects.filter(pk__gt=newest).delete()
