"""Codes of the intake domain; their translated names are in `labels`."""

from enum import StrEnum

from django.db.models import TextChoices


class MailboxFetch(TextChoices):
    """How mail reaches the mailbox: handed over by an MTA (pipe or LMTP), or fetched from a server."""

    PIPE = "pipe"
    IMAP = "imap"
    POP3 = "pop3"


FETCHED = (MailboxFetch.IMAP, MailboxFetch.POP3)


class SignIn(TextChoices):
    """How the desk signs in to a mail server."""

    PASSWORD = "password"  # noqa: S105
    OAUTH2 = "oauth2"


class OAuthProvider(TextChoices):
    """Whose endpoints give tokens."""

    MICROSOFT = "microsoft"
    GOOGLE = "google"
    OTHER = "other"


class OAuthGrant(TextChoices):
    """How tokens are got: a person allowed it once, or the desk has rights of its own."""

    REFRESH = "refresh"
    CLIENT = "client"


class TlsMode(TextChoices):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailboxState(TextChoices):
    UNKNOWN = "unknown"
    OK = "ok"
    FAILING = "failing"


class InboundState(TextChoices):
    ACCEPTED = "accepted"
    PROCESSED = "processed"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"
    SPAM = "spam"


class Reason(TextChoices):
    """Why a mail waits in quarantine or was kept without a ticket."""

    FAILED = "failed"
    DIED = "died"
    TOO_LARGE = "too_large"
    ID_REUSED = "id_reused"
    OWN_MAIL = "own_mail"
    AUTOMATIC = "automatic"
    DROPPED = "dropped"
    SPAM = "spam"


class Step(TextChoices):
    """What the flight recorder tells about a mail, in the order things were decided."""

    UNDERSTOOD = "understood"
    AUTOMATIC = "automatic"
    SECOND_COPY = "second_copy"
    SENDER = "sender"
    TRUST = "trust"
    THREAD = "thread"
    MEANING = "meaning"
    TICKET = "ticket"
    FORWARDED = "forwarded"
    WRITTEN_TO = "written_to"
    SIGNATURE = "signature"
    SEALED = "sealed"
    EXTERNAL = "external"
    EVENT = "event"
    BOUNCE = "bounce"
    REPLAYED = "replayed"
    SPAM = "spam"
    CORRECTED = "corrected"
    AWAY = "away"


class Unfit(StrEnum):
    """Why nothing is signed. `none`: there is no key; `unreadable`: it is there and cannot be used."""

    NONE = "none"
    UNREADABLE = "unreadable"
    ADDRESS = "address"
    PURPOSE = "purpose"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


class CorrectionKind(TextChoices):
    """What somebody said about a mail that had been understood otherwise."""

    MOVED = "moved"
    OWN_TICKET = "own_ticket"
    NOT_PERSON = "not_person"


class Outcome(TextChoices):
    """What became of a call when it ended."""

    OPEN = "open"
    TAKE = "take"
    SOLVE = "solve"
    HAND_OVER = "hand_over"


class TelephonyKind(TextChoices):
    """How a telephone system reports its calls."""

    GENERIC = "generic"
    SIPGATE = "sipgate"
    PLACETEL = "placetel"
    THREECX = "threecx"


class DialKind(TextChoices):
    """How a telephone system is asked to make a call; none: numbers are dialled on the device of the agent."""

    SIPGATE = "sipgate"
    GENERIC = "generic"


class DialProblem(TextChoices):
    """Why a telephone system did not make a call."""

    FORBIDDEN = "forbidden"
    NOT_REACHED = "not_reached"
    NOT_ALLOWED = "not_allowed"
    REFUSED = "refused"


class Availability(TextChoices):
    """How an agent can be reached."""

    AVAILABLE = "available"
    IN_CALL = "in_call"
    AFTER_CALL = "after_call"
    AWAY = "away"
    ABSENT = "absent"


class PhoneStep(TextChoices):
    """What a telephone system tells of a call."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class PhoneDirection(TextChoices):
    IN = "in"
    OUT = "out"


class PhoneOutcome(TextChoices):
    """How a call ended."""

    ANSWERED = "answered"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    NOT_REACHED = "not_reached"
    FORWARDED = "forwarded"
    BLOCKED = "blocked"


class TelephonyEventState(TextChoices):
    """What became of a request of a telephone system."""

    KEPT = "kept"
    APPLIED = "applied"
    REPEATED = "repeated"
    IGNORED = "ignored"
    MALFORMED = "malformed"
    REFUSED = "refused"


class TelephonyReason(TextChoices):
    """Why a request was not applied, or what was missing for more."""

    NOT_PROVEN = "not_proven"
    UNREADABLE = "unreadable"
    NO_EVENT = "no_event"
    NO_CALL_ID = "no_call_id"
    NO_DIRECTION = "no_direction"
    NO_NUMBER = "no_number"
    INTERNAL = "internal"
    OTHER_EVENT = "other_event"
    NO_LINE = "no_line"


class ChatState(TextChoices):
    """Where a chat stands; `left`: a message written while nobody was there."""

    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"
    LEFT = "left"


class ChatNote(TextChoices):
    """What happened in a chat beside what was said; `helped`: level 0 made a person unnecessary."""

    TAKEN = "taken"
    PASSED = "passed"
    PASSED_TO = "passed_to"
    HELPED = "helped"
    MAILED = "mailed"
    VISITOR_ENDED = "visitor_end"
    AGENT_ENDED = "agent_end"
    QUIET = "quiet"
    LEFT = "left"


class ChatPresence(TextChoices):
    """Whether somebody is there for a chat."""

    OPEN = "open"
    CLOSED = "closed"
    NOBODY = "nobody"
