"""Names of the codes in `choices`, in the language of the reader."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from leitstelle.intake.choices import (
    Availability,
    ChatNote,
    ChatState,
    DialKind,
    DialProblem,
    InboundState,
    MailboxFetch,
    MailboxState,
    OAuthGrant,
    OAuthProvider,
    Outcome,
    PhoneOutcome,
    Reason,
    SignIn,
    Step,
    TelephonyEventState,
    TelephonyKind,
    TelephonyReason,
    TlsMode,
    Unfit,
)
from leitstelle.kernel.mail.trials import Remedy, TrialStep

INBOUND_STATE: dict[str, Promise] = {
    InboundState.ACCEPTED: pgettext_lazy("inbound mail", "Being processed"),
    InboundState.PROCESSED: pgettext_lazy("inbound mail", "Processed"),
    InboundState.QUARANTINED: pgettext_lazy("inbound mail", "In quarantine"),
    InboundState.SPAM: _("Kept apart as spam"),
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
    Reason.SPAM: _("The mail server calls it spam."),
}
STEP: dict[str, Promise] = {
    Step.UNDERSTOOD: pgettext_lazy("mail decision", "Read"),
    Step.AUTOMATIC: pgettext_lazy("mail decision", "Automatic?"),
    Step.SECOND_COPY: pgettext_lazy("mail decision", "Copy"),
    Step.SENDER: pgettext_lazy("mail decision", "Sender"),
    Step.TRUST: pgettext_lazy("mail decision", "Really the sender?"),
    Step.THREAD: pgettext_lazy("mail decision", "Belongs to"),
    Step.MEANING: pgettext_lazy("mail decision", "Only thanks?"),
    Step.TICKET: pgettext_lazy("mail decision", "Ticket"),
    Step.FORWARDED: pgettext_lazy("mail decision", "Original sender"),
    Step.WRITTEN_TO: pgettext_lazy("mail decision", "Written to"),
    Step.BOUNCE: pgettext_lazy("mail decision", "Delivery report"),
    Step.SIGNATURE: pgettext_lazy("mail decision", "Signature"),
    Step.SEALED: pgettext_lazy("mail decision", "Encryption"),
    Step.EVENT: pgettext_lazy("mail decision", "Appointment"),
    Step.EXTERNAL: pgettext_lazy("mail decision", "Number of another desk"),
    Step.REPLAYED: pgettext_lazy("mail decision", "Tried again"),
    Step.SPAM: pgettext_lazy("mail decision", "Spam?"),
    Step.CORRECTED: pgettext_lazy("mail decision", "Correction"),
    Step.AWAY: pgettext_lazy("mail decision", "Away until"),
}
# Words of the flight recorder, stored as written here on the left; a ticket number may follow them.
DECISION_WORDS: dict[str, Promise] = {
    "no": pgettext_lazy("mail decision", "no"),
    "nobody": pgettext_lazy("mail decision", "nobody"),
    "unknown": pgettext_lazy("mail decision", "unknown"),
    "new person": pgettext_lazy("mail decision", "new person"),
    "verified": pgettext_lazy("mail decision", "confirmed by the mail server"),
    "unverified": pgettext_lazy("mail decision", "not confirmed"),
    "failed": pgettext_lazy("mail decision", "the mail server says no"),
    "found": pgettext_lazy("mail decision", "found"),
    "nothing": pgettext_lazy("mail decision", "nothing"),
    "no such ticket": pgettext_lazy("mail decision", "no such ticket"),
    "the sender takes no part in this ticket": pgettext_lazy(
        "mail decision", "the sender takes no part in this ticket"
    ),
    "opened": pgettext_lazy("mail decision", "opened"),
    "added to": pgettext_lazy("mail decision", "added to"),
    "new ticket": pgettext_lazy("mail decision", "new ticket"),
    "yes": pgettext_lazy("mail decision", "yes"),
    "not spam": pgettext_lazy("mail decision", "somebody says: no spam"),
    "corrected before": pgettext_lazy("mail decision", "somebody corrected an earlier mail of this thread"),
    "heard aside": pgettext_lazy(
        "mail decision", "answers what only they were told (passed on, or a blind copy): for the team only"
    ),
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
    "event": pgettext_lazy("mail evidence", "known appointment"),
    "external_number": pgettext_lazy("mail evidence", "the sender’s own ticket number"),
    "subject_number": pgettext_lazy("mail evidence", "number in the subject"),
    "vendor_thread": pgettext_lazy("mail evidence", "answers a vendor’s thread"),
    "vendor_sender": pgettext_lazy("mail evidence", "the vendor who has a case on the ticket"),
    "vendor_number": pgettext_lazy("mail evidence", "the vendor’s own number in the subject"),
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
    gettext_noop("encrypted (PGP), shown as it is"),
    gettext_noop("S/MIME, no key opens it, shown as a file"),
    gettext_noop("no signer"),
    gettext_noop("the certificate is not in the mail"),
    gettext_noop("the content was changed after it was signed"),
    gettext_noop("the certificate was not valid then"),
    gettext_noop("the authority is not known here"),
    gettext_noop("not understood"),
    gettext_noop("PGP is not checked here"),
    gettext_noop("the key is not known here"),
    gettext_noop("only a part of the mail is signed"),
    gettext_noop("opened"),
    gettext_noop("no key opens it"),
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
    "complaint": _("Complaint about our mail"),
    "notice": _("Notice of a machine"),
    "own": _("Own mail"),
}
SIGNATURE_STATE: dict[str, Promise] = {
    "good": _("Signature verified"),
    "unknown": _("Signed, signer not known"),
    "broken": _("Signature does not fit"),
    "unchecked": _("Signed, not checked"),
}
EVENT_METHOD: dict[str, Promise] = {
    "REQUEST": _("Invitation"),
    "CANCEL": _("Cancelled appointment"),
    "COUNTER": _("Another time is proposed"),
    "REPLY": _("Answer to an invitation"),
    "": _("Appointment"),
}
EVENT_ANSWER: dict[str, Promise] = {
    "ACCEPTED": pgettext_lazy("appointment", "accepted"),
    "DECLINED": pgettext_lazy("appointment", "declined"),
    "TENTATIVE": pgettext_lazy("appointment", "accepted tentatively"),
}
UNSIGNED: dict[str, Promise] = {
    Unfit.NONE: _("mail leaves unsigned: the mailbox has no S/MIME key"),
    Unfit.UNREADABLE: _("mail leaves unsigned: its key cannot be used"),
    Unfit.ADDRESS: _("mail leaves unsigned: its certificate is for another address"),
    Unfit.PURPOSE: _("mail leaves unsigned: its certificate is not for signing mail"),
    Unfit.NOT_YET: _("mail leaves unsigned: its certificate is not valid yet"),
    Unfit.EXPIRED: _("mail leaves unsigned: its certificate has run out"),
}
FETCH: dict[str, Promise] = {
    MailboxFetch.PIPE: _("Delivered by the mail server"),
    MailboxFetch.IMAP: _("Fetched by IMAP"),
    MailboxFetch.POP3: _("Fetched by POP3"),
}
SIGN_IN: dict[str, Promise] = {
    SignIn.PASSWORD: _("With password"),
    SignIn.OAUTH2: _("With a token (OAuth2)"),
}
OAUTH_PROVIDER: dict[str, Promise] = {
    OAuthProvider.MICROSOFT: _("Microsoft 365"),
    OAuthProvider.GOOGLE: _("Google"),
    OAuthProvider.OTHER: _("Another provider"),
}
OAUTH_GRANT: dict[str, Promise] = {
    OAuthGrant.REFRESH: _("A person allows it once"),
    OAuthGrant.CLIENT: _("The desk has rights of its own (client credentials)"),
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

TRIAL_STEPS: dict[str, Promise] = {
    TrialStep.RESOLVE: _("Find the server"),
    TrialStep.CONNECT: _("Connect"),
    TrialStep.ENCRYPT: _("Encrypt"),
    TrialStep.TOKEN: _("Get a token"),
    TrialStep.SIGN_IN: _("Sign in"),
    TrialStep.FOLDER: _("Open the folder"),
    TrialStep.COUNT: _("Count mails (all / unread)"),
    TrialStep.SENDER: _("Sender accepted"),
    TrialStep.RECIPIENT: _("Recipient accepted"),
    TrialStep.CONTENT: _("Mail handed over"),
}
REMEDIES: dict[str, Promise] = {
    Remedy.NAME: _("No server has this name. Please check it for typing errors."),
    Remedy.REFUSED: _(
        "Nothing answers on this port. Please check the port, and whether a firewall is in between."
    ),
    Remedy.TIMEOUT: _(
        "The server does not answer in time. Usually a firewall is in between, or the port is wrong."
    ),
    Remedy.PORT: _(
        "Tests connect to mail ports (25, 110, 143, 465, 587, 993, 995, 2525) and to ports from 1024 on only."
    ),
    Remedy.ADDRESS: _("This name leads to an address of the network itself, which is no mail server."),
    Remedy.TLS_MODE: _(
        "Port and encryption do not fit together. Usual are 993 or 465 with TLS, and 143 or 587 with STARTTLS."
    ),
    Remedy.CERTIFICATE: _(
        "The certificate was not issued by an authority this machine trusts. Install your own authority on it, or "
        "switch the check off for a server of your own."
    ),
    Remedy.CERTIFICATE_NAME: _(
        "The certificate is for another name. Please enter the name it was issued for."
    ),
    Remedy.PROTOCOL: _("What answers there is no such mail server, or it expects another encryption."),
    Remedy.APP_PASSWORD: _(
        "This provider wants a password of its own for programs: switch on two-step sign-in there, make an app "
        "password, and enter that one here."
    ),
    Remedy.BASIC_AUTH_OFF: _(
        "Microsoft 365 and Outlook no longer take passwords. Choose the sign-in with a token (OAuth2) for this "
        "account, and set it up on its page."
    ),
    Remedy.IMAP_OFF: _(
        "This provider opens IMAP and SMTP only once they are allowed in the settings of the mailbox. If they are, "
        "the password is wrong."
    ),
    Remedy.PASSWORD: _("User or password is wrong. Often the whole mail address is the user."),
    Remedy.ENCRYPT_FIRST: _(
        "The server takes no password without encryption. Please choose TLS or STARTTLS."
    ),
    Remedy.TOKEN_CONNECT: _(
        "Nobody has allowed access yet, or what was allowed has run out. Please allow it on the page of OAuth2."
    ),
    Remedy.TOKEN_SECRET: _(
        "The provider does not know this application, or its secret is wrong or has run out. Please make a new secret "
        "there and enter it."
    ),
    Remedy.TOKEN_CONSENT: _(
        "An administrator of the provider must allow this application to use mail first. The documentation of mail "
        "says which permissions it needs."
    ),
    Remedy.TOKEN_TENANT: _("The provider does not know this directory. Please check its name or id."),
    Remedy.TOKEN_REFUSED: _(
        "The mail server does not take the token. Whoever allowed access must be able to use this account, and IMAP, "
        "POP3 or authenticated SMTP must be allowed for it."
    ),
    Remedy.UIDL: _("The server cannot tell mails apart (UIDL). Please fetch this mailbox by IMAP."),
    Remedy.FOLDER: _(
        "There is no such folder. The usual one is INBOX; others are written as the server names them."
    ),
    Remedy.SENDER: _(
        "The server does not let this account send under this address. Enter the address of the account."
    ),
    Remedy.RECIPIENT: _(
        "The server does not take mail for this recipient. It may want a sign-in before it forwards."
    ),
    Remedy.OTHER: _("The server broke off. Please try again; what it said stands above."),
}
OUTCOME: dict[str, Promise] = {
    Outcome.OPEN: _("Leave it open in the team"),
    Outcome.TAKE: _("I work on it myself"),
    Outcome.SOLVE: _("Solved at once"),
    Outcome.HAND_OVER: _("Hand over"),
}
TELEPHONY_KIND: dict[str, Promise] = {
    TelephonyKind.GENERIC: _("Generic interface"),
    TelephonyKind.SIPGATE: _("sipgate.io"),
    TelephonyKind.PLACETEL: _("Placetel"),
    TelephonyKind.THREECX: _("3CX"),
}
DIAL_KIND: dict[str, Promise] = {
    "": _("Not at all: the device of the agent dials"),
    DialKind.SIPGATE: _("sipgate"),
    DialKind.GENERIC: _("Any address that takes JSON"),
}
DIAL_PROBLEM: dict[str, Promise] = {
    DialProblem.FORBIDDEN: _("The telephone system was not asked: its address may not be called."),
    DialProblem.NOT_REACHED: _("The telephone system does not answer. Click again to dial on this device."),
    DialProblem.NOT_ALLOWED: _(
        "The telephone system does not accept our access data. Click again to dial on this device."
    ),
    DialProblem.REFUSED: _("The telephone system refused the call. Click again to dial on this device."),
}
AVAILABILITY: dict[str, Promise] = {
    Availability.AVAILABLE: pgettext_lazy("agent", "can be reached"),
    Availability.IN_CALL: pgettext_lazy("agent", "in a call"),
    Availability.AFTER_CALL: pgettext_lazy("agent", "writing up a call"),
    Availability.AWAY: pgettext_lazy("agent", "away"),
    Availability.ABSENT: pgettext_lazy("agent", "absent"),
}
PHONE_OUTCOME: dict[str, Promise] = {
    "": pgettext_lazy("telephone call", "going on"),
    PhoneOutcome.ANSWERED: pgettext_lazy("telephone call", "spoken"),
    PhoneOutcome.MISSED: pgettext_lazy("telephone call", "missed"),
    PhoneOutcome.VOICEMAIL: pgettext_lazy("telephone call", "left a message"),
    PhoneOutcome.NOT_REACHED: pgettext_lazy("telephone call", "not reached"),
    PhoneOutcome.FORWARDED: pgettext_lazy("telephone call", "forwarded"),
    PhoneOutcome.BLOCKED: pgettext_lazy("telephone call", "blocked"),
}
TELEPHONY_STATE: dict[str, Promise] = {
    TelephonyEventState.KEPT: pgettext_lazy("telephone event", "not looked at yet"),
    TelephonyEventState.APPLIED: pgettext_lazy("telephone event", "understood"),
    TelephonyEventState.REPEATED: pgettext_lazy("telephone event", "repeats an earlier one"),
    TelephonyEventState.IGNORED: pgettext_lazy("telephone event", "passed over"),
    TelephonyEventState.MALFORMED: pgettext_lazy("telephone event", "not understood"),
    TelephonyEventState.REFUSED: pgettext_lazy("telephone event", "refused"),
}
TELEPHONY_REASON: dict[str, Promise] = {
    TelephonyReason.NOT_PROVEN: _("Secret or signature is missing or wrong."),
    TelephonyReason.UNREADABLE: _("Neither a form nor a JSON object."),
    TelephonyReason.NO_EVENT: _("It names no event that is known for this kind of telephone system."),
    TelephonyReason.NO_CALL_ID: _("It does not say which call it belongs to."),
    TelephonyReason.NO_DIRECTION: _("It does not say whether the call came in or went out."),
    TelephonyReason.NO_NUMBER: _("It holds no number."),
    TelephonyReason.INTERNAL: _("A call between telephones of the house."),
    TelephonyReason.OTHER_EVENT: _("An event that is nothing for the log of calls."),
    TelephonyReason.NO_LINE: _("No line is entered for this telephone, so nobody's screen shows it."),
}

CHAT_STATE: dict[str, Promise] = {
    ChatState.WAITING: pgettext_lazy("chat", "Waiting"),
    ChatState.ACTIVE: pgettext_lazy("chat", "Under way"),
    ChatState.ENDED: pgettext_lazy("chat", "Ended"),
    ChatState.LEFT: pgettext_lazy("chat", "Message left"),
}
# What a note in a chat says; `%(name)s` is a person or a team.
CHAT_NOTE: dict[str, Promise] = {
    ChatNote.TAKEN: _("%(name)s is here now."),
    ChatNote.PASSED: _("The chat was passed on to %(name)s."),
    ChatNote.PASSED_TO: _("%(name)s takes over now and sees everything that was said."),
    ChatNote.HELPED: _("“%(name)s” solved it. Good that it helped!"),
    ChatNote.MAILED: _("The conversation was sent to %(name)s."),
    ChatNote.VISITOR_ENDED: _("The visitor has ended the chat."),
    ChatNote.AGENT_ENDED: _("The chat was ended by the service desk."),
    ChatNote.QUIET: _("The chat has ended because nobody wrote for a long time."),
    ChatNote.LEFT: _("Thank you. Your message has reached us; we will answer."),
}
