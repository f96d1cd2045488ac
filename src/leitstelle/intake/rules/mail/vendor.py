"""Whether a mail belongs into the private thread with a vendor, by order of evidence.

1 it answers a mail of such a thread (a signed token of ours, or any Message-ID known there), whoever wrote it: what
it quotes is for agents only. 2 its sender belongs to a vendor who has a case on the ticket that other evidence or a
number of ours points at, and does not read that ticket as one of our own people. 3 it names the vendor's own number.
Knows nothing of tickets; who asks brings what is known.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leitstelle.contracts.rules.patterns import SHORTEST_NUMBER

from .threading import Clues, Evidence

ANSWERED, SENDER, NUMBER = "vendor_thread", "vendor_sender", "vendor_number"


@dataclass(frozen=True)
class VendorKnown:
    """What is known about the clues; maps lead to keys of vendor cases.

    All but the first two are empty unless the sender belongs to a vendor, and are about that vendor.
    """

    case_of_token: Callable[[str], int | None]
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    # Tickets that any evidence points at, strongest first, and those the sender takes part in as one of our people.
    tickets: tuple[int, ...] = ()
    reads: frozenset[int] = frozenset()
    by_ticket: Mapping[int, int] = field(default_factory=dict)
    by_their_number: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class VendorDecision:
    """The case a mail belongs to, and why."""

    case: int
    evidence: Evidence


def decide_vendor(given: Clues, known: VendorKnown) -> VendorDecision | None:
    """Return where the mail belongs, `None` where it is none of a vendor's thread."""
    for value in (*given.answered_ids, *given.plus_tokens):
        case = known.case_of_token(value) or known.by_message_id.get(value)
        if case is not None:
            return VendorDecision(case, Evidence(ANSWERED, value, accepted=True))
    for ticket in known.tickets:
        case = known.by_ticket.get(ticket)
        if case is not None and ticket not in known.reads:
            return VendorDecision(case, Evidence(SENDER, "", ticket, accepted=True))
    for number, case in known.by_their_number.items():
        return VendorDecision(case, Evidence(NUMBER, number, accepted=True))
    return None


def names_number(subject: str, number: str) -> bool:
    """Return whether a subject names the vendor's number as a word of its own."""
    pattern = rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])"
    return len(number) >= SHORTEST_NUMBER and re.search(pattern, subject, re.IGNORECASE) is not None
