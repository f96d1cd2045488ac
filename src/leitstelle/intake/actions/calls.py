"""Entering a call or a visit at the counter: the ticket, the conversation, and what became of it, in one step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from leitstelle.accounts import actions as accounts
from leitstelle.accounts import rules as account_rules
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import Organisation, Person, Team
from leitstelle.accounts.policies import covered
from leitstelle.accounts.queries import organisation_for_address, schemes_in_use
from leitstelle.accounts.queries.callers import (
    DEFAULT_COUNTRY,
    country_of,
    dial_countries,
    organisation_named,
)
from leitstelle.assets.models import Asset
from leitstelle.intake.actions.telephony import join_call
from leitstelle.intake.choices import Outcome
from leitstelle.intake.errors import AnswerMissing, CallEntered, NoFollowUp, WhoCalls
from leitstelle.intake.models import Call, PhoneCall
from leitstelle.intake.rules.calls import Span, Stranger
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.queries import Offered
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, DraftMode, Kind
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import can_work
from leitstelle.tickets.queries import team_of_arrival
from leitstelle.tickets.queries.calls import takes_call
from leitstelle.tickets.queries.people import reply_recipients, teams_in_use
from leitstelle.tickets.rules.inputs import NewMessage


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a call is about, for a new ticket. Without `subject` the first line of the text is the subject."""

    subject: str = ""
    kind: Kind = Kind.INCIDENT
    category_id: int | None = None
    impact: str = "person"
    urgency: str = "hindered"
    device: Asset | None = None
    device_label: str = ""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What became of the call: left open, taken, solved (code and answer) or handed over."""

    outcome: Outcome = Outcome.OPEN
    code: str = ""
    answer: str = ""
    by_mail: bool = False
    handover: tickets.HandoverOffer | None = None


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """A call as it was entered. Either `caller` is known or `stranger` holds what was said; `ticket` if it has one.

    `once` is the form's own key: the same form enters one call. `channel` is phone or walk-in. `phone_call` is the call
    as the telephone system told of it; `guide` was gone through in the call, with these answers.
    """

    once: UUID
    span: Span
    text: str
    channel: Channel = Channel.PHONE
    caller: Person | None = None
    stranger: Stranger = field(default_factory=Stranger)
    create_person: bool = False
    ticket: Ticket | None = None
    matter: Matter = field(default_factory=Matter)
    callback_number: str = ""
    ending: Ending = field(default_factory=Ending)
    phone_call: PhoneCall | None = None
    guide: Offered | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def enter_call(new: NewCall, *, by: Viewer, now: datetime) -> Ticket:
    """Enter a call with its outcome and return its ticket. Agents. One transaction.

    Records `TicketOpened` at the begin of the call, or `MessageAdded` on the ticket it belongs to, and what the
    outcome records; a new person is `PersonCreated`. The same form again returns the ticket entered before.
    Raises `CallEntered` where it came with other words, `WhoCalls`, `AnswerMissing`, `NoFollowUp`, `NotAllowed`,
    and what the ticket's actions raise.
    """
    try:
        return _enter(new, by=by, now=now)
    except IntegrityError:
        # The same form twice at once: the other one came first.
        known = _entered_before(new, by)
        if known is None:
            raise
        return known


@unit()
def _enter(new: NewCall, *, by: Viewer, now: datetime) -> Ticket:
    if not by.is_agent or by.person_id is None:
        raise NotAllowed()
    known = _entered_before(new, by)
    if known is not None:
        return known
    if new.caller is None and not new.stranger:
        raise WhoCalls(fields={"who": WhoCalls.default_message})
    caller, organisation = new.caller, None
    if caller is None:
        organisation = _organisation(new.stranger, by)
        caller = _introduce(new, organisation, by=by, now=now)
    ticket, message = _converse(new, caller, organisation, by=by, now=now)
    _note(new, message, by)
    if new.phone_call is not None:
        join_call(new.phone_call, message, by=by, now=now)
    _link_device(new.matter, ticket, by=by, now=now)
    if new.guide is not None:
        tickets.bring_guide(ticket, new.guide, new.answers, by=by, now=now)
    _end(new, ticket, by=by, now=now)
    tickets.discard_draft(None, DraftMode.CALL, by=by, key=new.once.hex)
    return ticket


def _entered_before(new: NewCall, by: Viewer) -> Ticket | None:
    rows = Call.objects.select_related("message__ticket", "message__body")
    call = rows.filter(entered_by_id=by.person_id, once=new.once).first()
    if call is None:
        return None
    if not call.message.body.text.startswith(new.text.strip()):
        raise CallEntered(number=call.message.ticket.number)
    return call.message.ticket


def _organisation(stranger: Stranger, by: Viewer) -> Organisation | None:
    """Whose caller it is by what was said; for an agent of one customer that one, if nothing else is known."""
    found = organisation_named(by, stranger.organisation)
    if found is None and stranger.email:
        owner = organisation_for_address(stranger.email)
        found = owner if owner is not None and covered(by, [owner.pk]) else None
    if found is None and by.organisation_ids is not None and len(by.organisation_ids) == 1:
        found = Organisation.objects.filter(pk__in=by.organisation_ids).first()
    return found


def _introduce(
    new: NewCall, organisation: Organisation | None, *, by: Viewer, now: datetime
) -> Person | None:
    """Make a person of what was said, where that is wished, a name is known, and the agent may."""
    organisation_id = organisation.pk if organisation else None
    if not (new.create_person and new.stranger.name and covered(by, [organisation_id])):
        return None
    return accounts.create_person(person_input(new.stranger, organisation), by=by, now=now)


def person_input(stranger: Stranger, organisation: Organisation | None) -> accounts.PersonInput:
    """Return the person that `stranger` describes; a number nobody can dial becomes a note."""
    number, note = dialled(stranger.number, country_of(organisation)), ""
    contacts = []
    if number:
        kind = ContactKind.MOBILE if account_rules.is_mobile(number) else ContactKind.PHONE
        # As it was typed, unless it was typed as they dial elsewhere.
        typed = stranger.number if dialled(stranger.number, DEFAULT_COUNTRY) == number else number
        contacts.append(accounts.ContactInput(kind=kind, value=typed))
    elif stranger.number:
        note = _("Number as it was said: %(number)s") % {"number": stranger.number}
    if stranger.email:
        contacts.append(accounts.ContactInput(kind=ContactKind.EMAIL, value=stranger.email))
    return accounts.PersonInput(
        display_name=stranger.name, organisation=organisation, note=note, contacts=contacts
    )


def dialled(number: str, country: str = "") -> str:
    """Return a typed number in E.164 form as dialled in `country` (default: the house's), empty if nobody can."""
    try:
        return account_rules.normalise_phone(number, country or dial_countries()[0])
    except ValueError:
        return ""


def _converse(
    new: NewCall, caller: Person | None, organisation: Organisation | None, *, by: Viewer, now: datetime
) -> tuple[Ticket, Message]:
    """Store what was said as a message of its ticket, at the time it was said."""
    said = NewMessage(
        text=_words(new, caller),
        direction=Direction.INBOUND,
        channel=new.channel,
        audience=Audience.PUBLIC,
        author_id=caller.pk if caller else None,
        from_name="" if caller else new.stranger.name or new.stranger.number,
        from_email="" if caller else new.stranger.email,
        at=new.span.begin,
        talk_seconds=new.span.seconds,
    )
    if new.ticket is not None:
        if not takes_call(new.ticket, now):
            raise NoFollowUp(fields={"ticket": NoFollowUp.default_message})
        message = tickets.add_message(new.ticket, said, by=by, now=now)
        if new.ending.outcome == Outcome.TAKE:
            tickets.take_ticket(new.ticket, by=by, now=now)
        return new.ticket, message
    organisation_id = caller.organisation_id if caller else organisation.pk if organisation else None
    team = _team(by, organisation_id)
    mine = new.ending.outcome in (Outcome.TAKE, Outcome.SOLVE)
    wanted = tickets.NewTicket(
        subject=new.matter.subject,
        channel=new.channel,
        requester_id=caller.pk if caller else None,
        organisation_id=organisation_id,
        kind=new.matter.kind,
        category_id=new.matter.category_id,
        impact=new.matter.impact,
        urgency=new.matter.urgency,
        device_label=new.matter.device.name if new.matter.device else new.matter.device_label,
        team_id=team.pk if team else None,
        assignee_id=by.person_id if mine else None,
        opened_at=new.span.begin,
    )
    ticket = tickets.open_ticket(wanted, said, by=by, now=now)
    return ticket, ticket.messages.get()


def _words(new: NewCall, caller: Person | None) -> str:
    """The text, and below it what was said about a caller nobody knows: found by search, read by everybody."""
    if caller is not None:
        return new.text.strip()
    about: Mapping[str, str] = {
        _("Phone"): new.stranger.number,
        _("Mail"): new.stranger.email,
        _("Customer"): new.stranger.organisation,
    }
    lines = [f"{label}: {value}" for label, value in about.items() if value]
    return "\n\n".join(part for part in (new.text.strip(), "\n".join(lines)) if part)


def _team(by: Viewer, organisation_id: int | None) -> Team | None:
    """The agent's own team whose tickets they see, lowest level first; else where tickets arrive.

    A team of another scheme of levels than that of the caller's organisation comes last.
    """
    scheme_id = schemes_in_use().of(organisation_id)
    arrival = team_of_arrival(organisation_id)
    own = [team for team in teams_in_use() if team.pk in by.team_ids]
    fitting = [team for team in own if team.level.scheme_id == scheme_id]
    candidates: list[Team] = [*fitting, *([arrival] if arrival is not None else []), *own]
    for team in candidates:
        if any(
            grant.covers(organisation_id=organisation_id, team_id=team.pk, level_id=team.level_id)
            for grant in by.grants
        ):
            return team
    return arrival


def _note(new: NewCall, message: Message, by: Viewer) -> None:
    Call.objects.create(
        message=message,
        entered_by_id=by.person_id or 0,
        once=new.once,
        caller_name=new.stranger.name[:200],
        caller_number=new.stranger.number[:60],
        caller_email=new.stranger.email[:254],
        caller_organisation=new.stranger.organisation[:200],
        callback_number=new.callback_number[:60],
    )


def _link_device(matter: Matter, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """Say which device it is about, where the agent still sees the ticket."""
    if not (matter.device or matter.device_label) or not can_work(by, ticket):
        return
    if matter.device is not None:
        tickets.link_device(ticket, matter.device, by=by, now=now)
    else:
        tickets.link_named_device(ticket, matter.device_label, by=by, now=now)


def _end(new: NewCall, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    ending = new.ending
    if ending.outcome == Outcome.SOLVE:
        _solve(new, ticket, by=by, now=now)
    elif ending.outcome == Outcome.HAND_OVER and ending.handover is not None:
        tickets.hand_over(ticket, ending.handover, by=by, now=now)


def _solve(new: NewCall, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """What was answered is a message of its own at the end of the call; the solution counts from then."""
    if not new.ending.answer.strip():
        raise AnswerMissing(fields={"answer": AnswerMissing.default_message})
    if ticket.assignee_id is None:
        tickets.take_ticket(ticket, by=by, now=now)
    recipients = reply_recipients(ticket) if new.ending.by_mail else ()
    answer = NewMessage(
        text=new.ending.answer.strip(),
        direction=Direction.OUTBOUND,
        channel=Channel.MAIL if recipients else new.channel,
        audience=Audience.PUBLIC,
        author_id=by.person_id,
        author_is_agent=True,
        recipients=recipients,
        at=new.span.end,
    )
    solution = tickets.add_message(ticket, answer, by=by, now=now)
    # A ticket that was there before may have seen other steps since the call.
    at = new.span.end if new.ticket is None else None
    tickets.resolve_ticket(ticket, code=new.ending.code, by=by, now=now, solution=solution, at=at)


@unit()
def introduce_caller(ticket: Ticket, stranger: Stranger, *, by: Viewer, now: datetime) -> Person:
    """Make a person of a ticket's unknown caller and whose ticket it is. Agents.

    Records `PersonCreated` and `RequesterChanged`. Raises `NotAllowed`, `InvalidInput`, `AddressTaken`.
    """
    organisation = _organisation(stranger, by) or ticket.organisation
    person = accounts.create_person(person_input(stranger, organisation), by=by, now=now)
    tickets.change_requester(ticket, person, by=by, now=now)
    return person
