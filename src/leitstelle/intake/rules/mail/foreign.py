"""Numbers that other desks write into subjects: ServiceNow, Jira, Zammad, OTRS and Znuny, ManageEngine.

A number belongs to whoever uses it: it is found again only in mail of the same domain (trap 7 of the research).
"""

import re

_FORMS = (
    # ServiceNow: kind and at least seven digits.
    re.compile(r"\b((?:INC|REQ|RITM|SCTASK|CHG|PRB|TASK|CS|SR)\d{7,12})\b"),
    # Jira Service Management: project and number in brackets, or at the beginning.
    re.compile(r"[\[(]([A-Z][A-Z0-9_]{1,9}-\d{1,8})[\])]"),
    re.compile(r"^(?:(?i:re|aw|wg|fwd?|sv)\s*:\s*)*([A-Z][A-Z0-9_]{1,9}-\d{1,8})\b(?=\s)"),
    # Zammad, OTRS, Znuny: "[Ticket#2026112010000012]", also with another word of the house.
    re.compile(r"[\[(](?:Ticket|Vorgang|Case|Anfrage|Incident)\s?[#:]{1,2}\s?(\d{5,20})[\])]", re.IGNORECASE),
    # ManageEngine ServiceDesk Plus.
    re.compile(r"\[Request ID\s*:##(?:RE-)?(\d{1,12})##\]", re.IGNORECASE),
)
_NOT_NUMBERS = re.compile(r"(?:UTF|ISO|SHA|MD|RFC|CVE|DIN|EN|COVID|KB|TLS|USB|HTTP|WIN|PC|SRV)-\d+\Z")
# Domains under which strangers write: there only the address says who it is.
_SHARED = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "outlook.com",
        "outlook.de",
        "hotmail.com",
        "hotmail.de",
        "live.com",
        "live.de",
        "yahoo.com",
        "yahoo.de",
        "icloud.com",
        "me.com",
        "aol.com",
        "freenet.de",
        "mail.de",
        "posteo.de",
        "mailbox.org",
        "proton.me",
        "protonmail.com",
        "arcor.de",
        "bluewin.ch",
        "a1.net",
    }
)
MOST = 5


def foreign_numbers(subject: str) -> tuple[str, ...]:
    """Other desks' numbers in a subject, at most five."""
    found = [number for form in _FORMS for number in form.findall(subject[:500])]
    return tuple(dict.fromkeys(number for number in found if not _NOT_NUMBERS.match(number)))[:MOST]


def who_uses(address: str) -> str:
    """Under what a number of this sender is kept: the domain, or the address where strangers share it."""
    plain = address.strip().lower()
    domain = plain.rpartition("@")[2]
    return plain if domain in _SHARED else domain


def as_written(number: str) -> str:
    """How the other desk looks for its number in a subject: `Ticket#…` where it is of digits alone."""
    return f"Ticket#{number}" if number.isdecimal() else number
