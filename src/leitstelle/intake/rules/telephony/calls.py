"""What follows for a call from what was told of it, in whatever order it was told."""

import re
from datetime import datetime

from leitstelle.accounts.rules import normalise_phone
from leitstelle.intake.choices import PhoneDirection, PhoneOutcome

WITHHELD = ("anonymous", "anonym", "unknown", "unbekannt", "restricted", "private", "withheld", "unavailable")
# The names that systems give to a call that was spoken.
SPOKEN = ("normalclearing", "accepted", "answered")
NAMED = {
    "voicemail": PhoneOutcome.VOICEMAIL,
    "forwarded": PhoneOutcome.FORWARDED,
    "blocked": PhoneOutcome.BLOCKED,
}
CALL_BACK = (PhoneOutcome.MISSED, PhoneOutcome.VOICEMAIL)
LONGEST_EXTENSION = 5
_INTERNATIONAL = re.compile(r"[1-9]\d{7,14}")
_EXTENSION = re.compile(rf"\d{{1,{LONGEST_EXTENSION}}}")


def outcome_of(
    direction: str, cause: str, *, answered_at: datetime | None, ended_at: datetime | None
) -> PhoneOutcome | None:
    """Return how a call ended, `None` while it lasts. That somebody answered counts before any cause."""
    if ended_at is None:
        return None
    if answered_at is not None or cause in SPOKEN:
        return PhoneOutcome.ANSWERED
    if cause in NAMED:
        return NAMED[cause]
    return PhoneOutcome.MISSED if direction == PhoneDirection.IN else PhoneOutcome.NOT_REACHED


def is_withheld(number: str) -> bool:
    """Whether the system says that there is no number to see."""
    return not number or number.casefold() in WITHHELD


def dialled_number(number: str, country: str) -> str:
    """Return a number as sent in E.164 form, empty where nobody can dial it.

    Systems write `+49…`, `0049…`, `030…`, and (sipgate.io) `4930…` without any sign before the country.
    """
    if is_withheld(number):
        return ""
    text = f"+{number}" if _INTERNATIONAL.fullmatch(number) else number
    for wanted in (text, number):
        try:
            return normalise_phone(wanted, country)
        except ValueError:
            continue
    return ""


def is_internal(remote: str, own_keys: frozenset[str], country: str) -> bool:
    """Whether the other side is a telephone of the house: an extension, a SIP account, or a mapped line."""
    return bool(_EXTENSION.fullmatch(remote)) or "@" in remote or line_key(remote, country) in own_keys


def line_key(text: str, country: str) -> str:
    """Return how an extension, user id or own number is kept and compared: folded; numbers in E.164 form."""
    plain = text.strip()
    if len(plain) <= LONGEST_EXTENSION:
        return plain.casefold()
    return (dialled_number(plain, country) or plain.casefold())[:80]
