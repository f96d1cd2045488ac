"""Names of the codes in `choices`, in the language of the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
