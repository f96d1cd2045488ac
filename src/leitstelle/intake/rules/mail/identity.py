"""Who wrote a mail: the address to look up, the name to show, the original sender of a forwarded mail.

"Who wrote" is not "for whom": a forwarded mail names its original sender as an offer only.
"""

import re
from dataclasses import dataclass

from .headers import parse_addresses
from .parsed import Address, ParsedMail

_FORWARD_SUBJECT = re.compile(r"^\s*(fwd?|wg|wtr|tr|i|rv|enc|doorst|vs)\s*:", re.IGNORECASE)
_FROM_LINE = re.compile(
    r"^[\s>*]*(?:from|von|de|da|från|fra|van)\s*:\**\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
_LAST_FIRST = re.compile(r"^([^,]{1,60}),\s*([^,()]{1,60})(?:\s*\(.*\))?$")
_ROLE = re.compile(r"\s*(\(.*?\)|\[.*?\]|\|.*|/.*)\s*$")
_PLUS = re.compile(r"\+[^@]*(?=@)")


@dataclass(frozen=True)
class Writer:
    """`email` in the form to look up (lower case), `name` in the order to show, `forwarded` an offer."""

    email: str
    name: str
    forwarded: Address | None = None


def writer_of(mail: ParsedMail, own_addresses: frozenset[str] = frozenset()) -> Writer | None:
    """Who wrote the mail; None where no usable address stands in it.

    From counts. Reply-To counts only where From is no address, or one of our own: so write the forms of web sites.
    """
    sender = mail.sender
    if sender is None or "@" not in sender.email or sender.email.lower() in own_addresses:
        sender = mail.reply_to
    if sender is None or "@" not in sender.email:
        return None
    return Writer(lookup_email(sender.email), display_name(sender), forwarded_sender(mail))


def lookup_email(email: str) -> str:
    """The form under which an address is compared: lower case, no blanks."""
    return email.strip().lower()


def answer_address(mail: ParsedMail) -> str:
    """Where an answer goes: Reply-To where one is given, otherwise From."""
    chosen = mail.reply_to if mail.reply_to and "@" in mail.reply_to.email else mail.sender
    return chosen.email if chosen else ""


def display_name(address: Address) -> str:
    """`Müller, Jürgen (IT)` becomes `Jürgen Müller`; without a name the local part has to do."""
    name = address.name.strip(" '\"")
    if "@" in name:
        name = ""
    found = _LAST_FIRST.match(name)
    if found:
        return f"{found[2].strip()} {found[1].strip()}"
    name = _ROLE.sub("", name) or name
    if name:
        return name[:150]
    local = _PLUS.sub("", address.email).partition("@")[0]
    words = re.split(r"[._]+", local)
    return " ".join(word[:1].upper() + word[1:] for word in words if word)[:150] or address.email[:150]


def forwarded_sender(mail: ParsedMail) -> Address | None:
    """The original sender of a forwarded mail, read from its quoted header lines."""
    if not _FORWARD_SUBJECT.match(mail.subject):
        return None
    found = _FROM_LINE.search(mail.text[:20_000])
    if found is None:
        return None
    line = re.sub(r"\[mailto:([^\]]+)\]", r"<\1>", found[1])
    return next((item for item in parse_addresses(line.encode()) if "@" in item.email), None)
