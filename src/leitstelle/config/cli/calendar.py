"""`leitstelle calendar …`: service-hours arithmetic on the command line, without a database.

Owns reading options and printing results; the arithmetic is `leitstelle.calendars.rules`, the form of
calendar and case files is described in its modules `form` and `cases`. Exit codes: 0 done, 1 a case differs
(or, for `is-open` with `--quiet`, closed), 2 something cannot be understood or never opens.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules import Calendar, CalendarProblem, Frame, HolidaySet, SpecialDay, explain
from leitstelle.calendars.rules.cases import Outcome, Value, parse_moment, plain, run_cases
from leitstelle.calendars.rules.form import calendar_from, parse_date, parse_week
from leitstelle.calendars.rules.frames import parse_frames

HELP = "service hours: deadlines, worked time, files of cases"
DJANGO = False
USAGE = 2
_EXAMPLES = """\
moments are ISO 8601 with a zone (2026-03-27T16:30:00Z); results are UTC.

  leitstelle calendar deadline --hours "Mo-Fr 08:00-17:00" --tz Europe/Berlin --state BY \\
      --start 2026-03-27T15:30:00Z --seconds 7200 --explain
  leitstelle calendar worked --calendar hours.json --start … --end … --pause 2026-…Z/2026-…Z
  leitstelle calendar run CASES.jsonl --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    deadline = _command(commands, "deadline", "when service time has passed", _deadline)
    deadline.add_argument("--seconds", type=float, required=True, help="service time to add")
    deadline.add_argument("--explain", action="store_true", help="also the steps that lead there")
    worked = _command(commands, "worked", "service seconds between two moments", _worked)
    worked.add_argument("--end", required=True, help="up to this moment")
    is_open = _command(commands, "is-open", "whether a moment is service time", _is_open)
    is_open.add_argument(
        "--quiet", action="store_true", help="print nothing; exit 0 where open, 1 where closed"
    )
    add_days = _command(commands, "add-days", "the same wall time some service days later", _add_days)
    add_days.add_argument("--days", type=int, required=True, help="service days to add; may be negative")
    for subparser in (deadline, worked):
        subparser.add_argument(
            "--pause", action="append", default=[], metavar="FROM/TO", help="may be repeated"
        )
    cases = commands.add_parser(
        "run", help="run a file of cases with expected results; exit 1 where one differs"
    )
    cases.add_argument("cases", metavar="CASES.jsonl", help="one JSON object a line; - is standard input")
    cases.add_argument("--json", action="store_true", help='print {"total", "right", "cases": [...]}')
    cases.set_defaults(evaluate=None)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    evaluate: Callable[[Calendar, argparse.Namespace], Value | dict[str, Any]],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(evaluate=evaluate)
    parser.add_argument("--start", required=True, help="moment, such as 2026-03-27T16:30:00Z")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    hours = parser.add_argument_group("service hours")
    source = hours.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--calendar", metavar="FILE.json", help="a calendar as in case files; - is standard input"
    )
    source.add_argument(
        "--hours", metavar="WEEK", help='such as "Mo-Fr 08:00-12:00, 13:00-17:00; Sa 9-12" or 24/7'
    )
    hours.add_argument("--tz", default="Europe/Berlin", help="IANA zone of --hours (default %(default)s)")
    hours.add_argument("--country", default="DE", help="DE, AT or CH (default %(default)s)")
    hours.add_argument(
        "--state", metavar="CODE", help="holidays of a Land or canton (BY, SN, 9, ZH …); ALL: nationwide"
    )
    hours.add_argument(
        "--municipality", default="", help="a place with holidays of its own (Augsburg, Stadt Zurich)"
    )
    hours.add_argument(
        "--category", action="append", default=[], help="further holidays: catholic, bank, half_day …"
    )
    hours.add_argument(
        "--closed", action="append", default=[], metavar="DATE", help="2026-12-24, or 12-24 every year"
    )
    hours.add_argument(
        "--special", action="append", default=[], metavar="DATE=FRAMES", help="12-24=08:00-12:00"
    )
    return parser


def run(args: argparse.Namespace) -> int:
    try:
        if args.evaluate is None:
            return _run_cases(args)
        result = args.evaluate(_calendar(args), args)
    except (CalendarProblem, OSError, json.JSONDecodeError, UnicodeDecodeError, OverflowError) as error:
        sys.stderr.write(f"leitstelle calendar: {error}\n")
        return USAGE
    if getattr(args, "quiet", False):
        return 0 if result else 1
    steps = result.pop("steps", []) if isinstance(result, dict) else []
    value = result["result"] if isinstance(result, dict) else plain(result)
    if args.json:
        _print(json.dumps({"result": value, **({"steps": steps} if steps else {})}, ensure_ascii=False))
    else:
        _print(value if isinstance(value, str) else json.dumps(value))
        for step in steps:
            _print("  " + "  ".join(str(part) for part in step.values() if part not in ("", None)))
    return 0


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _deadline(calendar: Calendar, args: argparse.Namespace) -> Value | dict[str, Any]:
    start, pauses = parse_moment(args.start), _pauses(args)
    if not args.explain:
        return calendar.deadline(start, args.seconds, pauses)
    explanation = explain(calendar, start, args.seconds, pauses)
    return {"result": plain(explanation.deadline), "steps": [_step(step) for step in explanation.steps]}


def _worked(calendar: Calendar, args: argparse.Namespace) -> Value:
    return calendar.worked(parse_moment(args.start), parse_moment(args.end), _pauses(args))


def _is_open(calendar: Calendar, args: argparse.Namespace) -> Value:
    return calendar.is_open(parse_moment(args.start))


def _add_days(calendar: Calendar, args: argparse.Namespace) -> Value:
    return calendar.add_days(parse_moment(args.start), args.days)


def _pauses(args: argparse.Namespace) -> list[tuple[datetime, datetime]]:
    pauses = []
    for text in args.pause:
        begin, _, end = text.partition("/")
        pauses.append((parse_moment(begin), parse_moment(end)))
    return pauses


def _step(step: object) -> dict[str, Any]:
    """A step of an explanation as JSON: its kind, then its fields."""
    entry: dict[str, Any] = {"step": type(step).__name__}
    if is_dataclass(step):
        entry |= {field.name: _json(getattr(step, field.name)) for field in fields(step)}
    return entry


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(frame) for frame in value if isinstance(frame, Frame)]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else plain(value)


def _calendar(args: argparse.Namespace) -> Calendar:
    if args.calendar:
        text = sys.stdin.read() if args.calendar == "-" else Path(args.calendar).read_text("utf-8")
        return calendar_from(json.loads(text))
    place = None
    if args.state or args.municipality or args.category:
        part = "" if (args.state or "ALL").upper() == "ALL" else args.state
        place = HolidaySet(args.country, part, args.municipality, tuple(args.category))
    closed = [
        SpecialDay(month, day, year, kind=DayKind.HOLIDAY)
        for year, month, day in map(parse_date, args.closed)
    ]
    special = [_special(text) for text in args.special]
    return Calendar(args.tz, parse_week(args.hours), (*closed, *special), place)


def _special(text: str) -> SpecialDay:
    when, _, frames = text.partition("=")
    year, month, day = parse_date(when)
    return SpecialDay(month, day, year, frames=parse_frames(frames))


def _run_cases(args: argparse.Namespace) -> int:
    if args.cases == "-":
        outcomes = list(run_cases(sys.stdin.buffer))
    else:
        with Path(args.cases).open("rb") as lines:
            outcomes = list(run_cases(lines))
    right = sum(outcome.ok for outcome in outcomes)
    for outcome in outcomes:
        if outcome.error:
            sys.stderr.write(f"line {outcome.line}: {outcome.error}\n")
    if args.json:
        cases = [outcome.as_dict() for outcome in outcomes]
        _print(json.dumps({"total": len(outcomes), "right": right, "cases": cases}, ensure_ascii=False))
    else:
        _print_cases(outcomes, right)
    return 0 if right == len(outcomes) else 1


def _print_cases(outcomes: Iterable[Outcome], right: int) -> None:
    total = 0
    for outcome in outcomes:
        total += 1
        if not outcome.ok and not outcome.error:
            print(
                f"differs: {outcome.id} (line {outcome.line}): expected {outcome.expected}, got {outcome.got}"
            )
    _print(f"{right} of {total} right")
