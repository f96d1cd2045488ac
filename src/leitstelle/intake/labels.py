"""Names of the codes in `choices`, in the language of the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from leitstelle.intake.choices import InboundState, MailboxFetch, MailboxState, Reason, Step, TlsMode

INBOUND_STATE: dict[str, Promise] = {
    InboundState.ACCEPTED: pgettext_lazy("inbound mail", "Being processed"),
    InboundState.PROCESSED: pgettext_lazy("inbound mail", "Processed"),
    InboundState.QUARANTINED: pgettext_lazy("inbound mail", "In quarantine"),
    InboundState.DISCARDED: pgettext_lazy("inbound mail", "Kept without ticket"),
}
REASON: dict[str, Promise] = {
    Reason.FAILED: _("An error occurred while the mail was processed."),
    Reason.DIED: _("Processing broke off several times."),
    Reason.TOO_LARGE: _("The mail is too large; only its headers were kept."),
    Reason.ID_REUSED: _("Another mail with the same Message-ID has already arrived."),
    Reason.OWN_MAIL: _("This is our own mail."),
    Reason.AUTOMATIC: _("Automatic mail that answers no ticket."),
    Reason.DROPPED: _("Somebody decided that nothing comes of it."),
}
STEP: dict[str, Promise] = {
    Step.UNDERSTOOD: pgettext_lazy("mail decision", "Read"),
    Step.AUTOMATIC: pgettext_lazy("mail decision", "Automatic?"),
    Step.SECOND_COPY: pgettext_lazy("mail decision", "Copy"),
    Step.SENDER: pgettext_lazy("mail decision", "Sender"),
    Step.THREAD: pgettext_lazy("mail decision", "Belongs to"),
    Step.TICKET: pgettext_lazy("mail decision", "Ticket"),
    Step.FORWARDED: pgettext_lazy("mail decision", "Original sender"),
    Step.BOUNCE: pgettext_lazy("mail decision", "Delivery report"),
    Step.REPLAYED: pgettext_lazy("mail decision", "Tried again"),
}
# Words of the flight recorder, stored as written here on the left; a ticket number may follow them.
DECISION_WORDS: dict[str, Promise] = {
    "no": pgettext_lazy("mail decision", "no"),
    "nobody": pgettext_lazy("mail decision", "nobody"),
    "unknown": pgettext_lazy("mail decision", "unknown"),
    "new person": pgettext_lazy("mail decision", "new person"),
    "found": pgettext_lazy("mail decision", "found"),
    "nothing": pgettext_lazy("mail decision", "nothing"),
    "no such ticket": pgettext_lazy("mail decision", "no such ticket"),
    "the sender takes no part in this ticket": pgettext_lazy(
        "mail decision", "the sender takes no part in this ticket"
    ),
    "opened": pgettext_lazy("mail decision", "opened"),
    "added to": pgettext_lazy("mail decision", "added to"),
    "new ticket": pgettext_lazy("mail decision", "new ticket"),
    "kept without ticket": pgettext_lazy("mail decision", "kept without ticket"),
    "no usable sender address": pgettext_lazy("mail decision", "no usable sender address"),
    "closed too long ago": pgettext_lazy("mail decision", "closed too long ago"),
    "automatic mail that answers nothing we know": _("Automatic mail that answers no ticket."),
    "delivery report for no mail of ours": pgettext_lazy(
        "mail decision", "delivery report for no mail of ours"
    ),
}
EVIDENCE: dict[str, Promise] = {
    "signed_message_id": pgettext_lazy("mail evidence", "signed Message-ID"),
    "known_message_id": pgettext_lazy("mail evidence", "known Message-ID"),
    "plus_address": pgettext_lazy("mail evidence", "address with token"),
    "subject_number": pgettext_lazy("mail evidence", "number in the subject"),
}
# What the reader of mail notes and why a mail counts as automatic: stored as written here, with pieces of the mail.
NOTES = (
    gettext_noop("no date"),
    gettext_noop("date not understood: %(value)s"),
    gettext_noop("no sender"),
    gettext_noop("no Message-ID"),
    gettext_noop("header %(name)s stands more than once"),
    gettext_noop("header with raw 8-bit characters"),
    gettext_noop("headers too large, cut"),
    gettext_noop("too many headers, cut"),
    gettext_noop("a header line is not understood"),
    gettext_noop("no empty line between headers and text"),
    gettext_noop("line ends are CR only"),
    gettext_noop("Content-Type is not understood"),
    gettext_noop("multipart without Content-Type"),
    gettext_noop("multipart without boundary, read as text"),
    gettext_noop("multipart without boundary, guessed"),
    gettext_noop("multipart holds no part, read as text"),
    gettext_noop("multipart is not closed"),
    gettext_noop("nested deeper than %(number)s levels, kept as a file"),
    gettext_noop("more than %(number)s parts, the rest is only in the source"),
    gettext_noop("base64 with foreign characters"),
    gettext_noop("transfer encoding unknown: %(value)s"),
    gettext_noop("charset unknown: %(value)s"),
    gettext_noop("declared %(value)s, but it is UTF-8"),
    gettext_noop("declared %(value)s, read as %(used)s"),
    gettext_noop("no charset fits, read as %(used)s"),
    gettext_noop("text too large, cut"),
    gettext_noop("HTML too large, cut"),
    gettext_noop("encrypted (PGP), shown as files"),
    gettext_noop("S/MIME, not opened, shown as a file"),
    gettext_noop("winmail.dat, shown as a file"),
    gettext_noop("%(why)s, and it reads as an out-of-office note"),
    gettext_noop("subject and text read as an out-of-office note"),
    gettext_noop("subject begins with %(value)s"),
    gettext_noop("it carries our own mark"),
    gettext_noop("sent from our own address %(address)s"),
    gettext_noop("delivery report (multipart/report)"),
    gettext_noop("read receipt (disposition notification)"),
    gettext_noop("feedback report (RFC 5965)"),
    gettext_noop("sender %(address)s reports a failed delivery"),
    gettext_noop("empty return path and a delivery failure in the subject"),
    gettext_noop("empty return path"),
    gettext_noop("sender %(address)s is a mail system"),
    gettext_noop("calendar answer (METHOD:REPLY)"),
    gettext_noop("header %(name)s"),
    gettext_noop("first seen as mail %(number)s"),
)
AUTOMATIC_KIND: dict[str, Promise] = {
    "auto_reply": _("Automatic reply"),
    "out_of_office": _("Out-of-office note"),
    "bounce": _("Delivery report"),
    "list": _("Mailing list"),
    "calendar_reply": _("Answer to an invitation"),
    "read_receipt": _("Read receipt"),
    "bulk": _("Circular"),
    "notice": _("Notice of a machine"),
    "own": _("Own mail"),
}
FETCH: dict[str, Promise] = {
    MailboxFetch.PIPE: _("Delivered by the mail server"),
    MailboxFetch.IMAP: _("Fetched by IMAP"),
}
MAILBOX_STATE: dict[str, Promise] = {
    MailboxState.UNKNOWN: pgettext_lazy("mailbox", "Not checked yet"),
    MailboxState.OK: pgettext_lazy("mailbox", "Working"),
    MailboxState.FAILING: pgettext_lazy("mailbox", "Failing"),
}
TLS: dict[str, Promise] = {
    TlsMode.NONE: _("Unencrypted"),
    TlsMode.STARTTLS: _("STARTTLS"),
    TlsMode.TLS: _("TLS"),
}
