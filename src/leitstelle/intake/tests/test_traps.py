"""The traps of mail (1 to 31 of the research on service desks), each with the tests that hold it.

An index, so that whoever changes mail finds what must stay true; and the traps no other test holds by name.
"""

import struct
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.accounts.tests.cast import email, make_administrator
from leitstelle.intake.actions import accept as accepting
from leitstelle.intake.actions import accept_oversize, accept_raw, tell_too_large
from leitstelle.intake.actions.content import LOGO_SEEN
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.rules.mail import parse_mail
from leitstelle.intake.rules.mail.msg import read_msg
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.actions import close_ticket, reply, resolve_ticket
from leitstelle.tickets.actions.moving import split_message
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Attachment, Message, Status, Ticket

SYSTEM = Viewer.system()
INDEX = {
    # Answering machines, by header and by words.
    1: ("test_mail_traps.test_answering_machines_are_known_by_their_headers",
        "test_mail_traps.test_complaints_and_receipts_lead_to_the_mail_they_are_about",
        "test_intake.test_machines_get_no_acknowledgement"),
    # Own mail says what it is; loops stop with an alarm.
    2: ("test_sending.test_mail_is_recognised_as_ours_and_of_people",
        "test_intake.test_our_own_mail_comes_to_nothing",
        "kernel:test_mail_rendering.test_automatic_mail_says_so_and_own_mail_is_recognised",
        "kernel:test_mail_sending.test_automatic_mail_spares_robots_and_stops_loops",
        "kernel:test_mail_sending.test_machines_that_change_their_address_are_stopped_by_their_ticket",
        "test_outgoing_account.test_stopped_loops_are_shown_to_administrators",
        "config:test_doctor.test_stopped_loops_are_a_warning"),
    # Out of office: shown, and nothing moves.
    3: ("test_mail_traps.test_absence_notes_are_known_in_four_languages",
        "test_mail_traps.test_people_who_write_about_absence_are_people",
        "test_intake.test_an_absence_note_is_shown_and_moves_nothing",
        "test_intake.test_an_absence_note_to_nothing_opens_no_ticket",
        "test_traps.test_3_an_absence_note_touches_no_clock_and_tells_nobody",
        "test_traps.test_3_until_when_somebody_is_away_is_shown",
        "test_mail_absence.test_the_last_day_away_is_told",
        "test_mail_absence.test_what_cannot_be_told_is_not_guessed",
        "notifications:test_telling.test_an_out_of_office_note_tells_nobody"),
    # Bounces: permanent ones suspend the address on all paths.
    4: ("test_mail_traps.test_reports_of_large_providers_name_recipient_and_reason",
        "test_intake.test_a_bounce_marks_the_message_it_is_about",
        "test_intake.test_a_bounce_of_news_suspends_the_address_it_went_to_and_is_told_to_nobody",
        "test_sending.test_dead_addresses_get_nothing_and_the_message_says_so"),
    # Addresses of systems get nothing.
    5: ("test_mail_rules.test_never_answered", "test_intake.test_machines_get_no_acknowledgement",
        "kernel:test_mail_rendering.test_who_never_gets_automatic_mail"),
    # The desk does not write to itself.
    6: ("test_mail_rules.test_own_mail_is_recognised", "test_intake.test_our_own_mail_comes_to_nothing",
        "test_intake.test_a_web_form_that_writes_in_our_name_is_its_visitor",
        "test_sending.test_the_desk_does_not_write_to_itself"),
    # Another desk's number: found for that desk only, and kept in the subject for it.
    7: ("test_mail_contents_desk.test_other_desks_numbers_are_known_by_their_form",
        "test_mail_contents_desk.test_another_desk_s_number_leads_back_for_that_desk_only",
        "test_traps.test_7_their_number_stands_in_our_subject_for_them_alone"),
    # Each mail once, whatever dies.
    8: ("test_intake.test_the_same_mail_twice_is_one",
        "test_intake.test_without_message_id_the_content_is_the_key",
        "test_intake.test_processing_twice_does_nothing",
        "test_mailservers.test_a_new_uid_validity_loses_and_doubles_nothing",
        "test_mailservers.test_a_connection_lost_after_storing_doubles_nothing",
        "test_mailservers.test_two_do_not_fetch_at_once",
        "test_mailservers.test_killed_workers_lose_and_double_nothing"),
    # No mail is lost.
    9: ("test_intake.test_a_mail_is_stored_whole_before_it_is_understood",
        "test_intake.test_a_failure_is_quarantined_and_replayed",
        "test_intake.test_trouble_of_the_machine_asks_for_another_try",
        "test_intake.test_mail_whose_processing_died_becomes_visible",
        "test_mail_traps.test_mail_without_any_words_is_a_ticket",
        "notifications:test_telling.test_quarantine_is_told_to_leads_and_administrators",
        "test_mailservers.test_killed_workers_at_full_size"),
    # Too large: headers kept, an entry in quarantine, the sender told.
    10: ("test_intake.test_oversize_mail_keeps_its_headers",
         "test_mailservers.test_only_the_headers_of_a_huge_mail_are_fetched",
         "test_mail_sources.test_lmtp_trouble_is_temporary_and_too_large_is_told",
         "test_traps.test_10_the_sender_of_a_mail_that_is_too_large_is_told_once",
         "test_traps.test_10_machines_and_forged_senders_are_not_told",
         "test_traps.test_10_the_pipe_keeps_the_headers_of_a_huge_mail"),
    # Control headers from outside.
    11: ("test_mail_traps.test_control_headers_from_outside_control_nothing",),
    # The order of evidence.
    12: ("test_mail_rules.test_evidence_in_order", "test_mail_rules.test_a_number_alone_is_no_right",
         "test_intake.test_an_answer_to_our_mail_finds_its_ticket", "test_intake.test_a_forged_token_finds_nothing",
         "test_intake.test_a_subject_number_counts_for_participants_only",
         "test_mail_contents_desk.test_a_named_ticket_is_offered_and_moved_to_in_one_click"),
    # An ancestor that never came here.
    13: ("test_intake.test_siblings_with_an_unknown_ancestor_meet",),
    # Ids that are used twice.
    14: ("test_intake.test_a_reused_message_id_waits_for_a_person",
         "test_intake.test_a_copy_in_a_second_mailbox_joins_the_ticket"),
    # Numbers in texts.
    15: ("test_mail_traps.test_numbers_in_the_words_lead_nowhere",),
    # Merged and split tickets.
    16: ("test_traps.test_16_answers_follow_merged_tickets_to_the_living_one",
         "test_traps.test_16_answers_follow_a_split_message"),
    # Closed tickets: opened again, a new one, or only thanks.
    17: ("test_traps.test_17_an_answer_to_a_closed_ticket",
         "triage:test_thanks.test_thanks_leave_a_solved_ticket_alone",
         "tickets:test_actions.test_an_agent_gives_a_reason_for_reopening"),
    # For whom somebody writes.
    18: ("test_mail_rules.test_forwarded_sender_is_an_offer_only",
         "test_intake.test_a_web_form_that_writes_in_our_name_is_its_visitor",
         "test_mail_contents_desk.test_who_wrote_a_forwarded_mail_becomes_requester_in_one_click",
         "test_traps.test_18_whom_an_agent_wrote_to_is_offered_as_requester"),
    # Senders nobody vouches for.
    19: ("test_sender_trust.test_the_message_says_what_the_server_found",
         "test_sender_trust.test_only_a_confirmed_agent_speaks_for_the_desk",
         "test_sender_trust.test_a_number_counts_for_confirmed_participants_only",
         "test_sender_trust.test_who_wrote_nothing_gets_no_acknowledgement",
         "test_mail_trust.test_the_servers_word_decides"),
    # One person, many addresses.
    20: ("test_traps.test_20_all_addresses_of_a_person_are_that_person",
         "test_corrections.test_it_is_not_this_person"),
    # Charsets.
    21: ("test_mail_traps.test_charsets_are_read_as_they_are_meant", "test_intake.test_files_are_kept_untouched"),
    # Names of files.
    22: ("test_mail_traps.test_names_of_files_are_decoded_and_tamed",),
    # winmail.dat: words, files, meeting.
    23: ("test_mail_contents.test_a_winmail_gives_its_files_and_words",
         "test_mail_contents.test_a_winmail_gives_its_meeting",
         "test_mail_contents.test_a_damaged_winmail_gives_what_it_can_and_stays_a_file"),
    # Invitations.
    24: ("test_mail_contents_desk.test_an_invitation_is_an_event_and_its_cancellation_finds_it",
         "test_mail_contents.test_cancellations_and_answers_are_told_apart"),
    # Mails in mails, Outlook's files among them.
    25: ("test_mail_traps.test_a_mail_within_a_mail_is_readable_and_kept",
         "test_traps.test_25_words_of_attached_mails_are_shown_and_found",
         "test_traps.test_25_a_mail_that_outlook_saved_can_be_read",
         "test_traps.test_25_damaged_outlook_files_are_files"),
    # Inline pictures and logos.
    26: ("test_mail_traps.test_the_same_inline_picture_is_stored_once",
         "test_traps.test_26_a_logo_is_not_listed_for_ever"),
    # Hostile HTML.
    27: ("test_mail_rules.test_html_loads_nothing_and_runs_nothing",
         "test_mail_rules.test_text_that_looks_like_an_image_stays"),
    # Files that run.
    28: ("kernel:test_blobs_serving.test_everything_is_an_attachment_unless_a_raster_image_is_asked_for",
         "test_mail_contents.test_archives_and_drawings_are_files_and_nothing_more",
         "test_traps.test_28_a_drawing_is_downloaded_never_opened"),
    # Signed and encrypted mail.
    29: ("test_mail_contents.test_opaque_signatures_show_their_content",
         "test_mail_contents.test_a_signature_beside_the_words_is_checked",
         "test_mail_contents.test_sealed_mail_is_opened_by_its_key_and_kept_without",
         "test_mail_contents.test_pgp_in_line_shows_its_words", "test_mail_contents.test_any_envelope",
         "test_mail_contents_desk.test_a_signature_is_shown_with_what_it_is_worth",
         "test_mail_contents_desk.test_sealed_mail_is_opened_by_the_key_of_its_mailbox",
         "test_openpgp.test_a_signature_beside_the_words", "test_openpgp.test_words_around_a_signed_part_are_nobodys",
         "test_openpgp.test_sealed_mail", "test_openpgp.test_damaged_messages_are_shown_as_they_are"),
    # What is passed on leaves byte for byte; the desk itself signs nothing.
    30: ("test_sending.test_30_an_attached_mail_leaves_as_it_came",),
    # A colleague's signature.
    31: ("test_sending.test_the_signature_is_the_senders_and_added_at_sending",),
}  # fmt: skip


def test_every_trap_has_tests_that_exist() -> None:
    assert sorted(INDEX) == list(range(1, 32))
    for trap, names in INDEX.items():
        for name in names:
            domain, _colon, rest = name.rpartition(":")
            module, _dot, test = rest.rpartition(".")
            found = import_module(f"leitstelle.{domain or 'intake'}.tests.{module}")
            assert callable(getattr(found, test, None)), (trap, name)


@pytest.fixture
def box(db: None) -> Mailbox:
    return desk()


@pytest.fixture
def client_of_admin(box: Mailbox) -> Client:
    client = Client()
    admin = make_administrator("Anja", email("anja@x.example", primary=True))
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=timezone.now(), source="test", now=timezone.now())
    drain()
    return InboundMail.objects.select_related("ticket__requester", "entry").get(pk=accepted.pk)


def opened(box: Mailbox, number: int = 1, **more: str) -> Ticket:
    ticket = take(box, mail(number, **more)).ticket
    assert ticket is not None
    return ticket


def answered(ticket: Ticket) -> Message:
    message = reply(ticket, "Bitte neu starten.", recipients=(), by=SYSTEM, now=timezone.now())
    drain()
    message.refresh_from_db()
    return message


def shown(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()


# --- 3: out of office ---


def test_3_an_absence_note_touches_no_clock_and_tells_nobody(box: Mailbox) -> None:
    ticket = opened(box)
    sent = answered(ticket)
    clocks = list(TicketClock.objects.filter(ticket=ticket).order_by("pk").values())
    mails = OutboxMail.objects.count()
    note = mail(
        2,
        subject="Automatische Antwort: Drucker",
        text="Ich bin bis zum 27.11. nicht im Büro.",
        headers=f"In-Reply-To: <{sent.rfc_message_id}>",
    )
    assert take(box, note).ticket == ticket
    assert list(TicketClock.objects.filter(ticket=ticket).order_by("pk").values()) == clocks
    assert OutboxMail.objects.count() == mails


def test_3_until_when_somebody_is_away_is_shown(box: Mailbox, client: Client) -> None:
    ticket = opened(box)
    sent = answered(ticket)
    status = ticket.status_id
    note = mail(
        2,
        subject="Automatische Antwort: Drucker",
        text="Guten Tag,\n\nich bin bis zum 27.11.2026 nicht im Büro.\nAb dem 28.11. bin ich wieder für Sie da.",
        headers=f"In-Reply-To: <{sent.rfc_message_id}>",
    )
    assert take(box, note).ticket == ticket
    ticket.refresh_from_db()
    assert ticket.status_id == status
    client.force_login(make_administrator())
    assert "Out of office until 27 Nov 2026" in shown(client, ticket)


# --- 7: two desks ---


def test_7_their_number_stands_in_our_subject_for_them_alone(box: Mailbox) -> None:
    ticket = opened(box, sender="Partner <desk@partner.example>", subject="Leitung gestört")
    theirs = mail(
        2,
        sender="desk@partner.example",
        subject="[Ticket#2026112010000012] Leitung gestört",
        headers="In-Reply-To: <mail-1@kunde.example>",
    )
    assert take(box, theirs).ticket == ticket
    answered(ticket)
    subject = OutboxMail.objects.latest("pk").subject
    assert subject == f"Re: [Ticket#2026112010000012] Leitung gestört [#{ticket.number}]"
    other = opened(box, 3, sender="ina@kunde.example", subject="INC0012345 Leitung")
    answered(other)
    assert OutboxMail.objects.latest("pk").subject == f"Re: INC0012345 Leitung [#{other.number}]", "once"


# --- 10: too large ---


def test_10_the_sender_of_a_mail_that_is_too_large_is_told_once(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 1000)
    held = take(box, mail(text="x" * 5000))
    told = OutboxMail.objects.get()
    assert told.automatic
    assert [one.address for one in told.recipients.all()] == ["jm@kunde.example"]
    assert "Drucker druckt nicht" in told.subject
    raw = read_blob(told.raw).decode()
    assert "In-Reply-To: <mail-1@kunde.example>" in raw
    tell_too_large(held, now=NOW)
    take(box, mail(text="x" * 5000))
    assert OutboxMail.objects.count() == 1
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"headers": "Auto-Submitted: auto-replied"},
        {"headers": "List-Id: <a.example>"},
        {"headers": "X-Spam-Flag: YES"},
        {"headers": "Authentication-Results: mx.desk.example; dmarc=fail header.from=kunde.example"},
        {"sender": "noreply@kunde.example"},
        {"sender": "support@leitstelle.example"},
    ],
)
def test_10_machines_and_forged_senders_are_not_told(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    Mailbox.objects.update(mail_server="mx.desk.example")
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 1000)
    held = take(box, mail(text="x" * 5000, **more))
    assert held.state == "quarantined"
    assert not OutboxMail.objects.exists()


def test_10_of_lmtp_the_mail_server_tells(box: Mailbox) -> None:
    accept_oversize(box, mail(), 10**9, received_at=NOW, source="lmtp", now=NOW)
    drain()
    assert not OutboxMail.objects.exists()


class Endless:
    """A mail of any size, made while it is read."""

    def __init__(self, head: bytes, size: int) -> None:
        self._head, self._left, self.most = head, size, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "never all at once"
        self.most = max(self.most, size)
        head, self._head = self._head[:size], self._head[size:]
        rest = min(size - len(head), self._left)
        self._left -= rest
        return head + b"x" * rest


def test_10_the_pipe_keeps_the_headers_of_a_huge_mail(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = import_module("leitstelle.intake.tasks")
    monkeypatch.setattr(tasks, "max_mail_bytes", lambda: 100_000)
    stream = Endless(mail(), 30_000_000)
    tasks.deliver_from(stream, box.address)
    held = InboundMail.objects.get()
    assert (held.state, held.reason_code, held.sender) == ("quarantined", "too_large", "jm@kunde.example")
    assert held.raw.size < 1000
    assert held.reason_detail.startswith("30000")
    assert stream.most <= 1024 * 1024
    tasks.deliver_from(Endless(mail(2), 0), box.address)
    assert InboundMail.objects.latest("pk").state == "accepted"


# --- 16: merged and split ---


def test_16_answers_follow_merged_tickets_to_the_living_one(box: Mailbox) -> None:
    first, second, third = opened(box, 1), opened(box, 2), opened(box, 3)
    sent = answered(first)
    merged = Status.objects.filter(type=StatusType.MERGED).first()
    for gone, into in ((first, second), (second, third)):
        values = {"status": merged} if merged is not None else {}
        Ticket.objects.filter(pk=gone.pk).update(merged_into=into, status_type=StatusType.MERGED, **values)
    by_token = mail(4, headers=f"In-Reply-To: <{sent.rfc_message_id}>")
    by_id = mail(5, headers="In-Reply-To: <mail-1@kunde.example>")
    by_number = mail(6, subject=f"Nachtrag [#{first.number}]")
    assert [take(box, raw).ticket for raw in (by_token, by_id, by_number)] == [third, third, third]
    Ticket.objects.filter(pk=third.pk).update(merged_into=first)  # a ring, as no action makes it, ends too
    assert take(box, mail(7, headers="In-Reply-To: <mail-1@kunde.example>")).ticket is not None


def test_16_answers_follow_a_split_message(box: Mailbox) -> None:
    source = opened(box, 1)
    entry = take(box, mail(2, headers="In-Reply-To: <mail-1@kunde.example>", text="Und der Monitor?")).entry
    assert entry is not None
    split = split_message(entry, by=SYSTEM, now=timezone.now())
    assert take(box, mail(3, headers="In-Reply-To: <mail-2@kunde.example>")).ticket == split
    assert take(box, mail(4, headers="In-Reply-To: <mail-1@kunde.example>")).ticket == source


# --- 17: closed ---


def test_17_an_answer_to_a_closed_ticket(box: Mailbox) -> None:
    def ended(number: int, days: int) -> Ticket:
        ticket = opened(box, number)
        then = timezone.now() - timedelta(days=days)
        resolve_ticket(ticket, code="solved", by=SYSTEM, now=then)
        if days:
            close_ticket(ticket, by=SYSTEM, now=then)
        ticket.refresh_from_db()
        return ticket

    resolved, recent, old = ended(1, 0), ended(2, 3), ended(3, 40)
    for number, ticket in ((1, resolved), (2, recent)):
        back = mail(
            number + 10,
            text="Es geht immer noch nicht.",
            headers=f"In-Reply-To: <mail-{number}@kunde.example>",
        )
        assert take(box, back).ticket == ticket
        ticket.refresh_from_db()
        assert ticket.status_type == StatusType.OPEN
    late = take(box, mail(13, text="Wieder kaputt.", headers="In-Reply-To: <mail-3@kunde.example>")).ticket
    assert late is not None
    assert late != old
    assert late.links_out.get().target == old
    old.refresh_from_db()
    assert old.status_type == StatusType.CLOSED
    thanks = mail(14, text="Vielen Dank!", headers="In-Reply-To: <mail-3@kunde.example>")
    assert take(box, thanks).ticket == old
    old.refresh_from_db()
    assert old.status_type == StatusType.CLOSED


# --- 18 and 20: who wrote, and for whom ---


def test_18_whom_an_agent_wrote_to_is_offered_as_requester(box: Mailbox, client_of_admin: Client) -> None:
    raw = mail(1, sender="anja@x.example").replace(
        b"To: support@leitstelle.example",
        b"To: Ina Roth <ina@kunde.example>\r\nCc: support@leitstelle.example",
    )
    taken = take(box, raw)
    assert taken.ticket is not None
    assert "Somebody of the desk wrote this to Ina Roth" in shown(client_of_admin, taken.ticket)
    assert client_of_admin.post(reverse("intake:forwarded", args=[taken.public_id])).status_code == 303
    taken.ticket.refresh_from_db()
    assert taken.ticket.requester is not None
    assert taken.ticket.requester.display_name == "Ina Roth"
    customers = take(box, raw.replace(b"anja@x", b"jm@kunde").replace(b"mail-1@", b"mail-2@"))
    assert all(step["step"] != "written_to" for step in customers.decisions)


def test_20_all_addresses_of_a_person_are_that_person(box: Mailbox) -> None:
    person, _ = ensure_person_for_address("jm@kunde.example", "Jürgen Müller", by=SYSTEM, now=NOW)
    ContactPoint.objects.create(
        person=person, kind="email", value="Juergen@privat.example", normalised="juergen@privat.example"
    )
    ticket = opened(box, 1)
    private = take(box, mail(2, sender="juergen@PRIVAT.example", subject=f"Noch etwas [#{ticket.number}]"))
    assert private.ticket == ticket
    assert private.entry is not None
    assert private.entry.author == person == ticket.requester
    assert Person.objects.filter(display_name__contains="Müller").count() == 1
    assert private.entry.from_email == "juergen@privat.example"


# --- 25: mails in mails ---


def msg_file(words: dict[str, str], *, large: int = 0) -> bytes:
    """A `.msg` as Outlook saves it (MS-CFB version 3): one stream a property, short ones packed together."""
    streams = [(f"__substg1.0_{number}001F", text.encode("utf-16-le")) for number, text in words.items()]
    if large:
        streams.append(("__substg1.0_1000001F", ("wort " * large).encode("utf-16-le")))
    small, entries, big = b"", [], []
    for name, data in streams:
        if len(data) < 4096:
            entries.append((name, len(small) // 64, len(data), True))
            small += data.ljust(-(-len(data) // 64) * 64, b"\0")
        else:
            entries.append((name, -1, len(data), False))
            big.append(data)
    size = 512
    blocks = [small, *big]
    lengths = [-(-len(block) // size) for block in blocks]
    index_length = -(-(len(entries) + 1) * 128 // size)
    small_index = [number + 1 for number in range(len(small) // 64)]
    at = 0
    for _name, first, length, packed in entries:
        if packed:
            at = first + -(-length // 64) - 1
            small_index[at] = 0xFFFFFFFE
    # Sectors in order: the table, the index, the table of small ones, then the contents.
    table_at, index_at, small_table_at, first_content = 0, 1, 1 + index_length, 2 + index_length
    table = [0xFFFFFFFD]
    for begin, length in ((index_at, index_length), (small_table_at, 1)):
        table += [begin + n + 1 for n in range(length - 1)] + [0xFFFFFFFE]
    starts, place = [], first_content
    for length in lengths:
        starts.append(place if length else 0xFFFFFFFE)
        table += [place + n + 1 for n in range(length - 1)] + [0xFFFFFFFE] * bool(length)
        place += length
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    head += bytes(10) + struct.pack("<IIIIIIII", 1, index_at, 0, 4096, small_table_at, 1, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", table_at, *[0xFFFFFFFF] * 108)

    def entry(name: str, kind: int, left: int, child: int, first: int, length: int) -> bytes:
        raw = name.encode("utf-16-le")
        begin = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
        links = struct.pack("<III", left, 0xFFFFFFFF, child)
        return begin + links + bytes(36) + struct.pack("<III", first, length, 0)

    rows = entry("Root Entry", 5, 0xFFFFFFFF, 1, starts[0], len(small))
    bigs = iter(starts[1:])
    for number, (name, first, length, packed) in enumerate(entries, 1):
        follows = number + 1 if number < len(entries) else 0xFFFFFFFF
        rows += entry(name, 2, follows, 0xFFFFFFFF, first if packed else next(bigs), length)
    pad = b"".join(struct.pack("<I", number) for number in table).ljust(size, b"\xff")
    assert len(pad) == size
    body = pad + rows.ljust(index_length * size, b"\0")
    body += b"".join(struct.pack("<I", number) for number in small_index).ljust(size, b"\xff")
    return (
        head + body + b"".join(block.ljust(n * size, b"\0") for block, n in zip(blocks, lengths, strict=True))
    )


WORDS = {
    "0037": "Toner für Süd",
    "0C1A": "Ina Roth",
    "5D01": "ina@kunde.example",
    "1000": "Der Toner ist leer.",
}


def test_25_a_mail_that_outlook_saved_can_be_read() -> None:
    assert read_msg(msg_file(WORDS)) == "Toner für Süd\nIna Roth <ina@kunde.example>\n\nDer Toner ist leer."
    long = read_msg(msg_file({"0037": "Lang"}, large=3000))
    assert long.startswith("Lang\n")
    assert long.count("wort") == 3000
    html = msg_file({"0037": "Bunt", "1013": "<p>Der <b>Toner</b></p><script>x</script>"})
    assert read_msg(html).split() == ["Bunt", "Der", "Toner"]
    assert read_msg(msg_file({"3001": "kein Brief"})) == ""


def test_25_damaged_outlook_files_are_files() -> None:
    whole = msg_file(WORDS)
    for at in range(0, len(whole), 7):
        for data in (
            whole[:at],
            whole[:at] + b"\xff" * 8 + whole[at + 8 :],
            whole[:at] + b"\0" * 8 + whole[at + 8 :],
        ):
            assert isinstance(read_msg(data), str)
    ring = bytearray(whole)
    ring[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the index follows itself
    assert read_msg(bytes(ring)) == ""


def test_25_words_of_attached_mails_are_shown_and_found(box: Mailbox, client_of_admin: Client) -> None:
    inner = (
        "From: ina@kunde.example\r\nSubject: Innen\r\nContent-Type: text/plain\r\n\r\nDer Toner ist leer.\r\n"
    )
    raw = mail(1).decode().partition("Content-Type")[0] + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    raw += "--b\r\nContent-Type: text/plain\r\n\r\nSiehe unten.\r\n"
    raw += f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n"
    start = raw + "--b\r\nContent-Type: application/vnd.ms-outlook; name=brief.msg\r\n\r\n"
    ticket = take(box, start.encode() + msg_file(WORDS | {"1000": "Papierstau"}) + b"\r\n--b--\r\n").ticket
    assert ticket is not None
    page = shown(client_of_admin, ticket)
    assert "Der Toner ist leer." in page
    assert "Papierstau" in page
    (found,) = import_module("leitstelle.tickets.searchdocs").documents([ticket.pk])
    assert "Der Toner ist leer." in found.body
    assert "Papierstau" in found.body
    assert "Toner" not in Message.objects.get().body.text
    assert {file.filename for file in Attachment.objects.all()} == {"Innen.eml", "brief.msg"}


# --- 26: logos ---


def with_logo(number: int, data: str = "iVBORw0KGgo=") -> bytes:
    raw = (
        mail(number).decode().partition("Content-Type")[0]
        + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    raw += "--b\r\nContent-Type: text/plain\r\n\r\nHallo\r\n--b\r\nContent-Type: image/png; name=image001.png\r\n"
    return (raw + f"Content-Transfer-Encoding: base64\r\n\r\n{data}\r\n--b--\r\n").encode()


def test_26_a_logo_is_not_listed_for_ever(box: Mailbox) -> None:
    for number in range(LOGO_SEEN + 1):
        take(box, with_logo(number))
    take(box, with_logo(99, "iVBORw0KGgoAAAA="))
    listed = list(Attachment.objects.order_by("pk").values_list("is_inline", flat=True))
    assert listed == [False] * LOGO_SEEN + [True, False]
    assert len(set(Attachment.objects.values_list("blob", flat=True))) == 2


# --- 28: files that run ---


def test_28_a_drawing_is_downloaded_never_opened(box: Mailbox, client_of_admin: Client) -> None:
    raw = mail(1).decode().partition("Content-Type")[0] + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    for kind, text in (
        ("image/svg+xml; name=a.svg", "<svg onload='x()'/>"),
        ("text/html; name=b.html", "<p>x"),
    ):
        raw += f"--b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n"
    take(box, (raw + "--b--\r\n").encode())
    files = list(Attachment.objects.all())
    assert len(files) == 2
    for file in files:
        answer = client_of_admin.get(reverse("tickets:attachment", args=[file.public_id]))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_nested_mail_has_words_of_its_own_only() -> None:
    assert parse_mail(with_logo(1)).attachments[0].text == ""
