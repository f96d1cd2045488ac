"""One house with everything in it for the tests that cross domains: the cast, and words that only some may read.

Owns the canary words and where they stand. Leaves the cast itself to `tickets/tests/desk.py`.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import MergeRecord, Organisation, Person
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_requester,
    email,
    make_agent,
    make_person,
)
from leitstelle.assets import actions as assets
from leitstelle.assets.models import Asset
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.contracts import actions as contracts
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.portal import (
    CONFIRM,
    READ,
    SENT,
    Answers,
    Guest,
    confirm_guest_report,
    keep_guest_report,
    token_for,
)
from leitstelle.intake.choices import InboundState
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import desk as make_mail_desk
from leitstelle.intake.tests.factories import mail as raw_mail
from leitstelle.kernel.blobs import store
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge import actions as knowledge
from leitstelle.knowledge.queries import guide_in_force
from leitstelle.tickets import actions
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, DraftMode, LinkKind
from leitstelle.tickets.models import Attachment, GuideRun, Handover, Ticket, TicketMerge, VendorCase
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewFile, NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk

AT = NOW - timedelta(days=2)
# Every secret stands beside this word, which searches may use without saying the secret themselves.
BAIT = "Stubbenkammer"
SECRETS = {
    "internal note": "Zeisignotiz",
    "internal file name": "Zeisigdatei",
    "internal file content": "Zeisiginhalt",
    "handover reason": "Stieglitzgrund",
    "handover tried": "Stieglitzversuch",
    "handover findings": "Stieglitzbefund",
    "handover return reason": "Stieglitzretour",
    "vendor message": "Gimpelhersteller",
    "vendor case": "Gimpelfall",
    "vendor answer": "Gimpelantwort",
    "vendor file name": "Gimpeldatei",
    "vendor name": "Gimpelwerke",
    "vendor number": "GIMPEL-4711",
    "restricted message": "Girlitzverschluss",
    "wait reason": "Zaunkoenigpause",
    "note on the person": "Rotkehlchenakte",
    "note on the customer": "Rotkehlchenkunde",
    "note on the device": "Rotkehlchengeraet",
    "draft of an agent": "Ammerentwurf",
    "quarantined mail": "Dompfaffpost",
    "linked ticket's subject": "Bachstelzenfall",
    "answer in a guide": "Seidenschwanzantwort",
    "words of a ticket merged apart": "Pirolgeheimnis",
    "reason of a merge": "Pirolgrund",
}
ELSEWHERE = "Kernbeisserfall"  # the subject of another organisation's ticket: its own people may read it
OWN = "Buchfinkmeldung"  # what the requester wrote: requester and customer contact may read it
CAST = ("guest", "requester", "colleague", "contact", "outsider", "agent", "stranger", "lead", "admin")


@dataclass
class World:
    """The rows that addresses point at, and the people who look at them."""

    desk: Desk
    people: dict[str, Person | None]
    box: Mailbox
    held: InboundMail
    ticket: Ticket
    handed: Ticket
    elsewhere: Ticket
    handover: Handover
    public_file: Attachment
    internal_file: Attachment
    guest_tokens: dict[str, str]
    guest_file: Attachment
    device: Asset
    merge: MergeRecord
    merged: TicketMerge
    vendor: Vendor
    contract: UnderpinningContract
    case: VendorCase
    run: GuideRun
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser in which this member of the cast is signed in."""
        if who not in self.clients:
            client = Client()
            person = self.people[who]
            if person is not None:
                client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self.clients[who] = client
        return self.clients[who]


def _file(name: str, content: str) -> NewFile:
    blob = store(f"{content}\n".encode(), declared_type="text/plain")
    return NewFile(blob_id=blob.pk, filename=name, content_type=blob.content_type, size=blob.size)


def _message(audience: Audience, text: str, author: Person) -> NewMessage:
    return NewMessage(
        text=f"{BAIT} {text}",
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=audience,
        author_id=author.pk,
        author_is_agent=True,
    )


def _people(desk: Desk) -> dict[str, Person | None]:
    contact = make_person(
        "Klara Kontakt",
        email("klara.kontakt@werk-nord.example"),
        organisation=desk.organisation,
        password=PASSWORD,
    )
    accounts.grant_role(
        contact, Role.CUSTOMER_CONTACT, accounts.Scope(organisation=desk.organisation), by=SYSTEM, now=NOW
    )
    stranger = make_agent(
        "Egon Enge",
        email("egon.enge@desk.example"),
        scope=accounts.Scope(team=desk.second),
        password=PASSWORD,
    )
    accounts.set_team_members(desk.second, (desk.expert, stranger), by=SYSTEM, now=NOW)
    return {
        "guest": None,
        "requester": desk.requester,
        "colleague": desk.colleague,
        "contact": contact,
        "outsider": desk.outsider,
        "agent": desk.agent,
        "stranger": stranger,
        "lead": desk.lead,
        "admin": desk.admin,
    }


@built_once
def make_world() -> World:
    """Create everything through the real actions."""
    box = make_mail_desk()
    desk = make_desk()
    people = _people(desk)
    agent, lead = desk.as_agent(), desk.as_lead()
    _write_notes(desk)
    ticket = desk.open(f"{OWN} {BAIT}", now=AT, text=f"Seit heute. {OWN}")
    public = actions.reply(
        ticket,
        "Bitte einmal neu starten.",
        recipients=reply_recipients(ticket),
        by=agent,
        now=AT,
        files=(_file("anleitung.txt", "Neustart"),),
    )
    note = actions.write_note(
        ticket,
        f"{BAIT} {SECRETS['internal note']}",
        by=agent,
        now=AT,
        files=(_file(f"{SECRETS['internal file name']}.txt", SECRETS["internal file content"]),),
    )
    vendor = _message(Audience.VENDOR, SECRETS["vendor message"], desk.agent)
    actions.add_message(ticket, vendor, by=agent, now=AT)
    restricted = _message(Audience.RESTRICTED, SECRETS["restricted message"], desk.lead)
    actions.add_message(ticket, restricted, by=lead, now=AT)
    case = _vendor_case(ticket, agent)
    returned = actions.hand_over(ticket, _offer(desk), by=agent, now=AT)
    actions.return_handover(returned, reason=f"{BAIT} {SECRETS['handover return reason']}", by=lead, now=AT)
    elsewhere = _ticket_elsewhere(desk)
    handed = desk.open("Weitergereicht", now=AT)
    actions.link_tickets(handed, ticket, LinkKind.RELATED, by=agent, now=AT)
    actions.link_tickets(ticket, elsewhere, LinkKind.RELATED, by=agent, now=AT)
    linked = desk.open("Verknüpft", now=AT)
    actions.change_subject(linked, SECRETS["linked ticket's subject"], by=agent, now=AT)
    actions.change_requester(linked, desk.agent, by=agent, now=AT)
    _forget(linked, desk.requester)
    actions.link_tickets(ticket, linked, LinkKind.RELATED, by=agent, now=AT)
    wait = f"{BAIT} {SECRETS['wait reason']}"
    ticket.refresh_from_db()
    actions.wait_for(ticket, "waiting_vendor", reason=wait, by=agent, now=AT)
    merged = _merged(desk, ticket)
    draft = f"{BAIT} {SECRETS['draft of an agent']}"
    actions.save_draft(ticket, DraftMode.REPLY, draft, by=agent, now=AT)
    tokens, guest_file = _guest()
    return World(
        desk=desk,
        people=people,
        box=box,
        held=_quarantined(box),
        ticket=ticket,
        handed=handed,
        elsewhere=elsewhere,
        handover=actions.hand_over(handed, _offer(desk), by=agent, now=AT),
        public_file=public.attachments.get(),
        internal_file=note.attachments.get(),
        guest_tokens=tokens,
        guest_file=guest_file,
        device=_device(desk),
        merge=_merge(desk),
        merged=merged,
        vendor=case.vendor,
        contract=case.vendor.contracts.get(),
        case=case,
        run=_run(ticket, agent),
    )


def _run(ticket: Ticket, by: Viewer) -> GuideRun:
    """First level went through a guide; its notes are for the desk alone."""
    knowledge.ensure_defaults(AT)
    offered = guide_in_force("printer")
    assert offered is not None
    run = actions.begin_guide(ticket, offered, by=by, now=AT)
    answers = {"what": "jam", "display": f"{BAIT} {SECRETS['answer in a guide']}"}
    return actions.answer_guide(run, answers, ["ping"], by=by, now=AT)


def _vendor_case(ticket: Ticket, by: Viewer) -> VendorCase:
    """A case at a vendor with its answer and a file; all of it is for the desk alone."""
    new = contracts.VendorInput(
        name=SECRETS["vendor name"], support_mail="hilfe@gimpel.example", number_patterns=[r"GIMPEL-\d{4}"]
    )
    vendor = contracts.add_vendor(new, by=SYSTEM, now=AT)
    calendar = ServiceCalendar.objects.earliest("pk")
    promised = contracts.ContractInput(
        name="Wartung", calendar=calendar, valid_from=AT.date(), response_seconds=14_400
    )
    contract = contracts.add_contract(vendor, promised, by=SYSTEM, now=AT)
    asked = actions.NewVendorCase(
        vendor=vendor,
        contract=contract,
        subject=f"{BAIT} {SECRETS['vendor case']}",
        text=f"{BAIT} {SECRETS['vendor case']}",
        files=(_file(f"{SECRETS['vendor file name']}.txt", SECRETS["vendor case"]),),
    )
    case = actions.open_vendor_case(ticket, asked, by=by, now=AT)
    answer = NewMessage(
        text=f"{BAIT} {SECRETS['vendor answer']} {SECRETS['vendor number']}",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.VENDOR,
        from_email="eva@gimpel.example",
    )
    actions.receive_from_vendor(case, answer, counts=True, by=SYSTEM, now=AT)
    return case


def _merge(desk: Desk) -> MergeRecord:
    """The requester was known twice."""
    twin = make_person("M. Brandt", organisation=desk.organisation)
    desk.requester.refresh_from_db()
    plan = accounts.MergePlan(survivor_version=desk.requester.version, merged_version=twin.version)
    return accounts.merge_people(desk.requester, twin, plan, by=SYSTEM, now=NOW)


def _merged(desk: Desk, target: Ticket) -> TicketMerge:
    """Somebody else's ticket was merged into this one, and both sides are kept apart."""
    source = desk.open("Nebenan", now=AT, text=f"{BAIT} {SECRETS['words of a ticket merged apart']}")
    actions.change_requester(source, desk.agent, by=desk.as_agent(), now=AT)
    _forget(source, desk.requester)
    plan = MergePlan(apart=True, reason=f"{BAIT} {SECRETS['reason of a merge']}")
    merged = merge_tickets(source, target, plan, by=desk.as_agent(), now=AT)
    target.refresh_from_db()
    return merged


def _device(desk: Desk) -> Asset:
    assets.ensure_defaults(AT)
    note = f"{BAIT} {SECRETS['note on the device']}"
    new = assets.AssetInput(name="NB-4711", kind="notebook", organisation=desk.organisation, note=note)
    device = assets.add_asset(new, by=SYSTEM, now=AT)
    assets.hand_to(device, desk.requester, by=SYSTEM, now=AT)
    return device


def _write_notes(desk: Desk) -> None:
    note = f"{BAIT} {SECRETS['note on the person']}"
    Person.objects.filter(pk=desk.requester.pk).update(note=note)
    note = f"{BAIT} {SECRETS['note on the customer']}"
    Organisation.objects.filter(pk=desk.organisation.pk).update(note=note)


def _offer(desk: Desk) -> actions.HandoverOffer:
    return actions.HandoverOffer(
        to_team=desk.second,
        reason=f"{BAIT} {SECRETS['handover reason']}",
        tried=f"{BAIT} {SECRETS['handover tried']}",
        findings=f"{BAIT} {SECRETS['handover findings']}",
    )


def _forget(ticket: Ticket, person: Person) -> None:
    """Nothing of the former requester stays on the ticket."""
    for participant in ticket.participants.filter(person=person):
        actions.remove_participant(ticket, participant, by=SYSTEM, now=AT)


def _ticket_elsewhere(desk: Desk) -> Ticket:
    new = actions.NewTicket(
        subject=f"{BAIT} {ELSEWHERE}", channel=Channel.PORTAL, requester_id=desk.outsider.pk
    )
    first = NewMessage(
        text=f"{BAIT} {ELSEWHERE}",
        direction=Direction.INBOUND,
        channel=Channel.PORTAL,
        audience=Audience.PUBLIC,
        author_id=desk.outsider.pk,
    )
    return actions.open_ticket(new, first, by=as_requester(desk.outsider), now=AT)


def _quarantined(box: Mailbox) -> InboundMail:
    raw = raw_mail(7, subject=f"{BAIT} {SECRETS['quarantined mail']}", text=SECRETS["quarantined mail"])
    held = accept_raw(box, raw, received_at=AT, source="test", now=AT)
    InboundMail.objects.filter(pk=held.pk).update(state=InboundState.QUARANTINED, reason_code="failed")
    held.refresh_from_db()
    return held


def _guest() -> tuple[dict[str, str], Attachment]:
    guest = Guest(name="Gerda Gast", email="gerda@gast.example")
    answers = Answers(text="Der Beamer bleibt dunkel.")
    confirmed = keep_guest_report(
        guest, answers, (_file("beamer.txt", "dunkel"),), url_of=lambda kept: "/", now=NOW
    )
    waiting = keep_guest_report(guest, answers, (), url_of=lambda kept: "/", now=NOW)
    own = confirm_guest_report(confirmed, now=NOW)
    tokens = {
        "guest-sent": token_for(waiting, SENT),
        "guest-confirm": token_for(waiting, CONFIRM),
        "guest-report": token_for(confirmed, READ),
    }
    return tokens, Attachment.objects.get(message__ticket=own)
