"""Which steps there are, and which of them are settled."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.choices import StepState
from leitstelle.accounts.models import House, Invitation, Team
from leitstelle.accounts.policies import agents
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.mail.transports import house_account
from leitstelle.tickets.models import Ticket

LATER = "later"  # kept beside the steps: whoever put off the rest is no longer led here at sign-in


@dataclass(frozen=True)
class Step:
    """One step: its code (part of the address), its name and why it matters."""

    code: str
    title: str | Promise
    why: str | Promise
    icon: str


STEPS = (
    Step("company", _("Company and portal"), _("What people read in the portal and in mails"), "building"),
    Step("hours", _("Service hours and holidays"), _("Deadlines run only while your desk works"), "calendar-time"),
    Step("levels", _("Levels"), _("How cases travel: three levels, or Frontdesk and Backdesk"), "stairs-up"),
    Step("teams", _("Teams"), _("Where tickets arrive and who passes them on to whom"), "users"),
    Step("outgoing", _("Outgoing mail"), _("Answers, invitations and passwords leave by your server"), "mail-forward"),
    Step("people", _("Invite your people"), _("Everybody gets a link and chooses a password"), "user-plus"),
    Step("mailbox", _("Mailbox"), _("Every mail to your support address becomes a ticket"), "mail"),
    Step("targets", _("Deadlines"), _("How soon you answer and solve, by priority"), "clock"),
    Step("check", _("Try it"), _("Watch the first ticket arrive"), "circle-check"),
)  # fmt: skip
BY_CODE = {step.code: step for step in STEPS}


@dataclass(frozen=True)
class Row:
    """A step as the page shows it; `state` is `done`, `skipped` or empty."""

    step: Step
    state: str
    number: int

    @property
    def url(self) -> str:
        """Address of the step's form."""
        return reverse("first-steps:step", args=[self.step.code])


def settled() -> dict[str, str]:
    """What administrators said about the steps."""
    house = House.objects.first()
    return dict(house.settled) if house else {}


def progress() -> list[Row]:
    """All steps with their state: what exists counts as done, whatever was said."""
    said = settled()
    exists = _existing()
    states = {
        step.code: StepState.DONE.value if exists.get(step.code) else said.get(step.code, "")
        for step in STEPS
    }
    return [Row(step, states[step.code], number) for number, step in enumerate(STEPS, start=1)]


def _existing() -> dict[str, bool]:
    return {
        "company": House.objects.filter(company__isnull=False).exists(),
        "teams": Team.objects.filter(is_active=True).exists(),
        "people": Invitation.objects.exists() or agents()[:2].count() > 1,
        "outgoing": house_account() is not None,
        "mailbox": Mailbox.objects.filter(is_active=True).exists(),
        "check": Ticket.objects.exists(),
    }


def after(code: str) -> str:
    """Where to go from a step: the next open one after it, else the overview."""
    rows = progress()
    place = next(index for index, row in enumerate(rows) if row.step.code == code)
    following = next((row for row in rows[place + 1 :] if not row.state), None)
    return following.url if following else reverse("first-steps:overview")


def is_new() -> bool:
    """Whether the desk has no ticket yet and nobody put the first steps off."""
    return LATER not in settled() and not Ticket.objects.exists()
