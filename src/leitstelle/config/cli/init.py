"""`leitstelle init`: prepares the database and creates the company and its first administrator."""

import argparse
import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone, translation

from leitstelle.accounts.actions import (
    ContactInput,
    OrganisationInput,
    PersonInput,
    create_organisation,
    create_person,
    grant_role,
    set_password,
    verify_contact_point,
)
from leitstelle.accounts.choices import ContactKind, OrganisationKind, Role
from leitstelle.accounts.models import Organisation, Person
from leitstelle.config.cli.table import DONE, USAGE, WRONG
from leitstelle.config.shipped import ensure_shipped
from leitstelle.config.texts import _, terminal_language
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer

HELP = "create the company and its first administrator"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", help="name of the company or IT department")
    parser.add_argument(
        "--domain", action="append", default=[], help="its mail domain (may be given several times)"
    )
    parser.add_argument("--name", help="name of the administrator")
    parser.add_argument("--email", help="mail address of the administrator, used to sign in")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(args: argparse.Namespace) -> int:
    if not sys.stdin.isatty() and not (args.company and args.name and args.email and args.password_stdin):
        sys.stderr.write(
            _("Without a terminal --company, --name, --email and --password-stdin are needed.") + "\n"
        )
        return USAGE
    company = args.company or ask(_("Name of the company"))
    name = args.name or ask(_("Your name"))
    email = args.email or ask(_("Your mail address"))
    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else ask_password()
    with translation.override(terminal_language()):
        try:
            validate_password(password)
            call_command("migrate", interactive=False, verbosity=0)
            person = create_administrator(company, tuple(args.domain), name, email, password)
        except ValidationError as error:
            sys.stderr.write("\n".join(error.messages) + "\n")
            return WRONG
        except DomainError as error:
            sys.stderr.write("\n".join([str(error.message), *map(str, error.fields.values())]) + "\n")
            return WRONG
    sys.stdout.write(
        _("%(name)s can sign in now with %(email)s.") % {"name": person.display_name, "email": email} + "\n"
    )
    return DONE


def ask(question: str) -> str:
    """An answer that is not empty."""
    while not (answer := input(f"{question}: ").strip()):
        pass
    return answer


def ask_password() -> str:
    """A password typed twice alike."""
    while True:
        first = getpass.getpass(_("Password") + ": ")
        if first and first == getpass.getpass(_("Password once more") + ": "):
            return first


@unit()
def create_administrator(
    company: str, domains: tuple[str, ...], name: str, email: str, password: str
) -> Person:
    """The shipped defaults, the company if it is new, and an administrator who is also an agent.

    Raises InvalidInput, and AddressTaken when somebody has this address already.
    """
    now, system = timezone.now(), Viewer.system()
    ensure_shipped(now)
    organisation = Organisation.objects.filter(name=company, kind=OrganisationKind.INTERNAL).first()
    if organisation is None:
        new = OrganisationInput(name=company, kind=OrganisationKind.INTERNAL, domains=domains)
        organisation = create_organisation(new, by=system, now=now)
    contact = ContactInput(kind=ContactKind.EMAIL, value=email, is_primary=True)
    known = PersonInput(
        display_name=name, organisation=organisation, language=terminal_language(), contacts=[contact]
    )
    person = create_person(known, by=system, now=now)
    for point in person.contact_points.all():
        verify_contact_point(point, by=system, now=now)
    for role in (Role.ADMINISTRATOR, Role.AGENT):
        grant_role(person, role, by=system, now=now)
    return set_password(person, password, by=system, now=now)
