"""`leitstelle sla explain TICKET`: how deadlines come about. `leitstelle sla rebuild`: compute all caches anew.
`leitstelle sla what-if`: a past period under another agreement or other service hours.

Exit codes: 0 done, 1 no such ticket, agreement or service hours. Moments are ISO 8601 in UTC.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from leitstelle.accounts.models import Level
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.queries import hours_of
from leitstelle.catalog.labels import name_of
from leitstelle.config.cli.table import DONE, WRONG
from leitstelle.config.texts import _, terminal_language
from leitstelle.kernel.web.formats import day_time
from leitstelle.sla.actions import update_clocks
from leitstelle.sla.labels import METRIC, OUTCOME
from leitstelle.sla.models import AgreementVersion, TicketClock
from leitstelle.sla.queries import ClockKey, Reading, compute_clocks, promise_of
from leitstelle.sla.queries.explaining import told_clocks
from leitstelle.sla.queries.what_if import OUTCOMES, Alternative, Tally, period, retell
from leitstelle.sla.queries.words import why_words
from leitstelle.sla.rules.clocks import Clock
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.tickets.queries import by_number

HELP = "explain a ticket's deadlines, compute all of them anew, or by other terms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    explain = commands.add_parser("explain", help="the stretches a deadline is made of")
    explain.add_argument("ticket", type=_number, help="ticket number, with or without #")
    explain.add_argument("--json", action="store_true", help="one JSON object")
    other = commands.add_parser(
        "what-if", help="a past period under another agreement or other service hours"
    )
    other.add_argument(
        "--from", dest="begin", type=date.fromisoformat, required=True, help="first day, YYYY-MM-DD"
    )
    other.add_argument(
        "--to", dest="end", type=date.fromisoformat, required=True, help="last day, YYYY-MM-DD"
    )
    other.add_argument("--agreement", help="name of the agreement that is to count instead")
    other.add_argument("--calendar", help="key of the service hours that are to count instead")
    other.add_argument("--json", action="store_true", help="one JSON object")
    rebuild = commands.add_parser("rebuild", help="compute the cached clocks of open tickets anew")
    rebuild.add_argument("--all", action="store_true", help="of closed tickets too")


def run(args: argparse.Namespace) -> int:
    house = ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)
    with translation.override(terminal_language()), timezone.override(house):
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    if args.command == "what-if":
        return _what_if(args)
    return _explain(args) if args.command == "explain" else _rebuild(everything=args.all)


def _number(text: str) -> int:
    return int(text.removeprefix("#"))


def _explain(args: argparse.Namespace) -> int:
    ticket = by_number(args.ticket)
    if ticket is None:
        sys.stderr.write(_("There is no ticket #%(number)s.") % {"number": args.ticket} + "\n")
        return WRONG
    now = timezone.now()
    reading = compute_clocks(ticket, now)
    version = reading.promise.version if reading.promise else None
    told = {
        "ticket": ticket.number,
        "agreement": f"{version.agreement.name}, version {version.number}" if version else "",
        "considered": [
            {"agreement": one.candidate.name, "verdict": one.verdict.value, "why": why_words(one)}
            for one in reading.judgements
        ],
        "clocks": {_key(key): _plain(clock) for key, clock in reading.clocks.items()},
    }
    if args.json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        sys.stdout.writelines(_lines(reading, ticket.number, now))
    return DONE


def _key(key: ClockKey) -> str:
    return key.metric.value if key.level is None else f"{key.metric.value}-{key.level}"


def _plain(clock: Clock) -> dict[str, Any]:
    return {
        "state": clock.state.value,
        "target_seconds": clock.target_seconds,
        "consumed_seconds": round(clock.consumed_seconds),
        "due_at": _moment(clock.due_at),
        "breached_at": _moment(clock.breached_at),
        "stretches": [
            {
                "begin": _moment(one.begin),
                "end": _moment(one.end),
                "runs": one.runs,
                "service_seconds": round(one.worked),
                "since": one.what,
            }
            for one in clock.stretches
        ],
    }


def _moment(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _lines(reading: Reading, number: int, now: datetime) -> Iterator[str]:
    """The same in words, in the language of the terminal and the time of the house."""
    version = reading.promise.version if reading.promise else None
    title = f"{version.agreement.name} {version.number}" if version else ""
    yield f"#{number}  {title}\n"
    for one in reading.judgements:
        yield f"  {one.candidate.name}: {why_words(one)}\n"
    levels = {row.pk: name_of(row) for row in Level.objects.all()}
    for told in told_clocks(reading, levels, now):
        yield f"\n{told.name}: {told.sentence}\n"
        for line in told.lines:
            yield f"  {day_time(line.at)}  {line.text}" + (f" ({line.note})" if line.note else "") + "\n"


def _rebuild(*, everything: bool) -> int:
    tickets = Ticket.objects.all() if everything else Ticket.objects.filter(ONGOING)
    before = dict(TicketClock.objects.values_list("pk", "due_at"))
    now, total = timezone.now(), 0
    for ticket in tickets.order_by("pk").iterator(chunk_size=500):
        update_clocks(ticket, now)
        total += 1
    moved = sum(before.get(pk) != due for pk, due in TicketClock.objects.values_list("pk", "due_at"))
    sys.stdout.write(
        _("%(total)s tickets computed, %(moved)s deadlines differed.") % {"total": total, "moved": moved}
        + "\n"
    )
    return DONE


def _what_if(args: argparse.Namespace) -> int:
    now = timezone.now()
    alternative = _alternative(args, now)
    if alternative is None:
        sys.stderr.write(_("There is no such agreement, or there are no such service hours.") + "\n")
        return WRONG
    here = timezone.get_current_timezone()
    begin = datetime.combine(args.begin, time(), tzinfo=here)
    end = datetime.combine(args.end + timedelta(days=1), time(), tzinfo=here)
    tickets = period(Ticket.objects.all(), begin, end, None)
    total, tally, shows = tickets.count(), Tally(), sys.stderr.isatty()
    for _ticket, tally in retell(tickets, alternative, now):
        if shows and (tally.tickets % 50 == 0 or tally.tickets == total):
            filled = 30 * tally.tickets // max(1, total)
            end_of_line = "\n" if tally.tickets == total else ""
            sys.stderr.write(f"\r[{'#' * filled:<30}] {tally.tickets}/{total}{end_of_line}")
    told = {"tickets": tally.tickets, "before": tally.before, "after": tally.after}
    differing = [(one.ticket.number, one.metric.value, one.before, one.after) for one in tally.differing]
    if args.json:
        sys.stdout.write(json.dumps({**told, "differing": differing}) + "\n")
        return DONE
    for metric in dict.fromkeys((*tally.before, *tally.after)):
        was, would = tally.before.get(metric, {}), tally.after.get(metric, {})
        counts = ", ".join(f"{OUTCOME[one]} {was.get(one, 0)} → {would.get(one, 0)}" for one in OUTCOMES)
        sys.stdout.write(f"{METRIC[metric]}: {counts}\n")
    sys.stdout.writelines(
        f"  #{number} {METRIC[metric]}: {OUTCOME.get(was, '–')} → {OUTCOME.get(would, '–')}\n"
        for number, metric, was, would in differing
    )
    return DONE


def _alternative(args: argparse.Namespace, now: datetime) -> Alternative | None:
    """What is to count instead; nothing where none was named, or one that does not exist."""
    promise, hours = None, None
    if args.agreement:
        versions = AgreementVersion.objects.filter(agreement__name=args.agreement, valid_from__lte=now)
        newest = versions.select_related("agreement").order_by("-valid_from", "-number").first()
        if newest is None:
            return None
        promise = promise_of(newest)
    if args.calendar:
        calendar = ServiceCalendar.objects.filter(key=args.calendar).order_by("organisation").first()
        if calendar is None:
            return None
        hours = hours_of(calendar.pk)
    return Alternative(promise, hours) if promise or hours else None
