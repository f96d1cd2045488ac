"""`leitstelle init`: prepares the database and makes a desk usable: company, administrator, levels, teams, mailbox.

Asks for what is missing where there is a terminal; running it again doubles nothing.
"""

import argparse
import getpass
import json
import sys
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from leitstelle.accounts.choices import SHIPPED_SCHEMES
from leitstelle.accounts.models import LevelScheme, Person, Team
from leitstelle.accounts.queries import find_by_email
from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.rules import CalendarProblem, parse_week
from leitstelle.calendars.rules.holidays import COUNTRIES, SUBDIVISIONS, HolidaySet
from leitstelle.config import env, env_values
from leitstelle.config.cli.table import DONE, USAGE, WRONG
from leitstelle.config.first_steps.setting_up import Outcome, SetUp, proposed_teams, set_up
from leitstelle.config.shipped import ensure_shipped
from leitstelle.config.tables import bring_up_to_date
from leitstelle.config.texts import _, terminal_language
from leitstelle.intake.actions import MailboxInput
from leitstelle.intake.choices import MailboxFetch, TlsMode
from leitstelle.kernel.errors import DomainError

HELP = "make a desk usable: company, administrator, levels, teams, mailbox"
SCHEMES = tuple(scheme[0] for scheme in SHIPPED_SCHEMES)
PASSWORD_VARIABLE = "LEITSTELLE_INIT_PASSWORD"  # noqa: S105


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", help="name of the company or IT department")
    parser.add_argument("--portal-name", default="", help="what the portal is called; the company without it")
    parser.add_argument(
        "--domain", action="append", default=[], help="its mail domain (may be given several times)"
    )
    parser.add_argument("--country", choices=COUNTRIES, help="country whose holidays are kept")
    parser.add_argument("--state", default="", help="state or canton, such as HH, BY, 9 or ZH")
    parser.add_argument("--catholic", action="store_true", help="a Catholic municipality in BY, SN or TH")
    parser.add_argument("--hours", default="", help='service hours, such as "Mo-Fr 08:00-17:00"')
    parser.add_argument("--time-zone", type=env_values.time_zone, help="IANA zone, such as Europe/Berlin")
    parser.add_argument("--language", choices=("de", "en"), default="", help="language of new people")
    parser.add_argument("--name", help="name of the administrator")
    parser.add_argument("--email", help="mail address of the administrator, used to sign in")
    password = parser.add_mutually_exclusive_group()
    password.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    password.add_argument(
        "--password-file", type=Path, help="read the password from the first line of a file"
    )
    parser.add_argument("--levels", choices=SCHEMES, default="", help="scheme of levels")
    parser.add_argument(
        "--team",
        action="append",
        default=[],
        metavar="NAME[:LEVEL]",
        help="a team on a level (first, second, third, frontdesk, backdesk); the first one gets new tickets",
    )
    _add_mailbox(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def _add_mailbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mailbox", default="", help="support address whose mail becomes tickets")
    parser.add_argument("--imap-host", default="", help="IMAP server; without one an MTA hands the mail over")
    parser.add_argument(
        "--imap-port", type=env_values.port, default=993, help="IMAP port (default %(default)s)"
    )
    parser.add_argument(
        "--imap-tls", choices=TlsMode.values, default="tls", help="IMAP encryption (default %(default)s)"
    )
    parser.add_argument("--imap-user", default="", help="IMAP user; the address without it")
    parser.add_argument(
        "--imap-password-file", type=Path, help="read the IMAP password from the first line of a file"
    )


def run(args: argparse.Namespace) -> int:
    interactive = sys.stdin.isatty() and not args.password_stdin
    if not interactive and not (args.company and args.name and args.email):
        sys.stderr.write(_("Without a terminal --company, --name and --email are needed.") + "\n")
        return USAGE
    with translation.override(terminal_language()):
        try:
            bring_up_to_date()
            ensure_shipped(timezone.now())
            wanted = gather(args, interactive=interactive)
            outcome = set_up(wanted, now=timezone.now())
        except (ValidationError, DomainError, CalendarProblem, OSError) as error:
            sys.stderr.write(words_of(error) + "\n")
            return WRONG
        report(outcome, as_json=args.json)
    return DONE


def words_of(error: Exception) -> str:
    """What was refused, in the language of the terminal."""
    if isinstance(error, ValidationError):
        return "\n".join(error.messages)
    if isinstance(error, CalendarProblem):
        return str(problem_text(error))
    if isinstance(error, DomainError):
        return "\n".join([str(error.message), *map(str, error.fields.values())])
    return str(error)


def report(outcome: Outcome, *, as_json: bool) -> None:
    """Say what there is now."""
    if as_json:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
        return
    values = {"name": outcome.administrator, "email": outcome.email}
    sys.stdout.write(_("%(name)s can sign in now with %(email)s.") % values + "\n")
    if outcome.teams:
        sys.stdout.write(_("Teams: %(teams)s") % {"teams": ", ".join(outcome.teams)} + "\n")
    if outcome.mailbox:
        sys.stdout.write(_("Mailbox: %(address)s") % {"address": outcome.mailbox} + "\n")
    sys.stdout.write(
        _("`leitstelle up` serves the desk; the first steps there show what is still open.") + "\n"
    )


def gather(args: argparse.Namespace, *, interactive: bool) -> SetUp:
    """The wishes of the command line, and of the person at the terminal for what is missing.

    Raises ValidationError for a weak or missing password and CalendarProblem for a place or hours nobody knows.
    """
    asked = ask_house(args) if interactive else {}
    company = args.company or ask(_("Name of the company or IT department"))
    name = args.name or ask(_("Your name"))
    email = args.email or ask(_("Your mail address"))
    return SetUp(
        company=company,
        name=name,
        email=email,
        password=password_for(args, find_by_email(email), interactive=interactive),
        portal_name=args.portal_name,
        domains=tuple(args.domain) or ((email.rpartition("@")[2],) if interactive else ()),
        language=args.language or (terminal_language() if interactive else ""),
        time_zone=args.time_zone or "",
        place=place_of(args, asked),
        hours=checked_hours(asked.get("hours", args.hours)),
        levels=asked.get("levels", args.levels),
        teams=teams_of(args, asked),
        mailbox=mailbox_of(args),
    )


def ask_house(args: argparse.Namespace) -> dict[str, str]:
    """Country, state, hours and levels where the command line names none; Enter takes what stands in brackets."""
    asked = {}
    if not args.country:
        asked["country"] = ask(_("Country (DE, AT, CH)"), "DE").upper()
        asked["state"] = args.state or ask(_("State or canton, for its holidays (such as HH, BY, ZH)"), "-")
    if not args.hours:
        asked["hours"] = ask(_("Service hours"), "Mo-Fr 08:00-17:00")
    if not args.levels:
        asked["levels"] = ask(_("Levels: %(schemes)s") % {"schemes": ", ".join(SCHEMES)}, SCHEMES[0])
        if not LevelScheme.objects.filter(key=asked["levels"]).exists():
            raise ValidationError(_("There is no such scheme of levels."))
    return asked


def ask(question: str, default: str = "") -> str:
    """An answer; nothing typed takes the default, and is asked again where there is none."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    while not (answer := input(shown).strip() or default):
        pass
    return answer


def password_for(args: argparse.Namespace, known: Person | None, *, interactive: bool) -> str:
    """The administrator's first password, checked; empty where they have one already. Raises ValidationError."""
    if known is not None and known.has_usable_password():
        return ""
    if args.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif args.password_file:
        password = first_line(args.password_file)
    else:
        password = env.read(PASSWORD_VARIABLE) or (ask_password() if interactive else "")
    if not password:
        sentence = _("No password: give --password-stdin, --password-file or %(variable)s.")
        raise ValidationError(sentence % {"variable": PASSWORD_VARIABLE})
    validate_password(password)
    return password


def ask_password() -> str:
    """A password typed twice alike, never shown."""
    while True:
        first = getpass.getpass(_("Password") + ": ")
        if first and first == getpass.getpass(_("Password once more") + ": "):
            return first
        sys.stderr.write(_("The two passwords differ.") + "\n")


def first_line(path: Path) -> str:
    """The first line of a file, without its end."""
    with path.open(encoding="utf-8") as file:
        return file.readline().rstrip("\r\n")


def place_of(args: argparse.Namespace, asked: dict[str, str]) -> HolidaySet | None:
    """The place whose holidays are kept. Raises CalendarProblem for one nobody knows."""
    country = args.country or asked.get("country", "")
    state = (args.state or asked.get("state", "")).strip("-")
    if not country and not state:
        return None
    categories = ("catholic",) if args.catholic else ()
    known = SUBDIVISIONS.get(country or "DE", {})
    by_name = {name.lower(): code for code, name in known.items()}
    return HolidaySet(country or "DE", by_name.get(state.lower(), state.upper()), categories=categories)


def checked_hours(text: str) -> str:
    """Service hours that can be read. Raises CalendarProblem."""
    if text:
        parse_week(text)
    return text


def teams_of(args: argparse.Namespace, asked: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Names with the keys of levels; at the terminal a desk without teams gets one per level."""
    if args.team:
        parts = [text.partition(":") for text in args.team]
        return tuple((name.strip(), level.strip()) for name, _sep, level in parts)
    levels = asked.get("levels", args.levels)
    return tuple(proposed_teams(levels)) if asked and not Team.objects.exists() else ()


def mailbox_of(args: argparse.Namespace) -> MailboxInput | None:
    """The mailbox of the command line, if it names one."""
    if not args.mailbox:
        return None
    return MailboxInput(
        address=args.mailbox,
        language=args.language or terminal_language(),
        fetch=(MailboxFetch.IMAP if args.imap_host else MailboxFetch.PIPE).value,
        imap_host=args.imap_host,
        imap_port=args.imap_port,
        imap_tls=args.imap_tls,
        imap_user=args.imap_user,
        imap_password=first_line(args.imap_password_file) if args.imap_password_file else "",
        is_default=True,
    )
