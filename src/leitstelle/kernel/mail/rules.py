"""Pure rules of the outbox: addresses, back-off, who never gets automatic mail."""

import re
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import getaddresses

GIVE_UP_AFTER = timedelta(hours=48)
_LONGEST_PAUSE = timedelta(hours=4)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_MESSAGE_ID = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,250}")
# RFC 3834 §2 and common practice: answering these only makes loops.
_NEVER = re.compile(
    r"(mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|nobody|null|bounces?|listserv|majordomo"
    r"|(owner|bounces?)[-+=].*|.*-(owner|bounces?|request)([+=].*)?|.*[-+=](noreply|no-reply))",
    re.IGNORECASE,
)


def parse_address(text: str) -> Address:
    """Return the address in `text` (`a@b` or `"Name" <a@b>`), its domain in ASCII (IDNA).

    Raises ValueError for anything that is not one plain address: control characters, several addresses, local
    parts that need an extension of SMTP.
    """
    if _CONTROL.search(text):
        raise ValueError("control character in an address")
    found = getaddresses([text])
    if len(found) != 1:
        raise ValueError("not one mail address")
    name, plain = found[0]
    local, at, domain = plain.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or len(local) > 64:
        raise ValueError("not a mail address")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("not a mail domain") from error
    if len(ascii_domain) > 253 or not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise ValueError("not a mail domain")
    return Address(display_name=one_line(name), username=local, domain=ascii_domain)


def one_line(text: str) -> str:
    """Return `text` without control characters, so that it cannot begin another header."""
    return " ".join(_CONTROL.sub(" ", text).encode("utf-8", "replace").decode().split())


def message_id(text: str) -> str:
    """Return a Message-ID in angle brackets; raises ValueError for what could break a header."""
    bare = text.strip().removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(bare) or not bare.isascii():
        raise ValueError("not a message id")
    return f"<{bare}>"


def never_automatically(address: str) -> bool:
    """Whether automatic mail must not go to this address."""
    return bool(_NEVER.fullmatch(address.rpartition("@")[0]))


def next_try(attempts: int, queued_at: datetime, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries, `None` when it is time to give up (after two days)."""
    pause = min(timedelta(minutes=1) * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE)
    return now + pause if now + pause - queued_at <= GIVE_UP_AFTER else None
