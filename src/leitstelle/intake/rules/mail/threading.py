"""Which ticket a mail belongs to, by order of evidence (trap 12 of the research).

1 a signed token of ours in a Message-ID it answers, 2 any Message-ID we know, 3 a signed token in the address it
was sent to, 4 an event known from the ticket, where the sender takes part in it, 5 a number the sender's own desk has
for it, 6 a ticket number in the subject, but only where the sender takes part in that ticket. A number alone
is never a right: without it the decision is a new ticket, with the number as a suggestion.
Knows nothing of tickets; who asks brings what is known.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .foreign import foreign_numbers
from .parsed import ParsedMail

_MARKED = re.compile(r"\[#(\d{1,10})\]")
_NAMED = re.compile(
    r"(?:\bticket|\bmeldung|\bvorgang|\bcase)\s*(?:nr\.?|no\.?|nummer|number)?\s*[:#]?\s*#?(\d{3,10})\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w&#])#(\d{3,10})\b")
MAX_REFERENCES = 200
_SELDOM = frozenset({"event", "external_number"})  # told only where a mail has one


@dataclass(frozen=True)
class Clues:
    """What a mail offers as evidence, strongest first inside each field."""

    answered_ids: tuple[str, ...] = ()
    plus_tokens: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    events: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One step that was tried. `ticket` is what it pointed to, if anything."""

    step: str
    value: str
    ticket: int | None = None
    accepted: bool = False
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """`ticket` None means a new ticket; `suggestion` is one it may belong to."""

    ticket: int | None
    evidence: tuple[Evidence, ...] = ()
    suggestion: int | None = None


@dataclass(frozen=True)
class Known:
    """What is known about the clues. All maps lead to ticket keys."""

    token_of: Callable[[str], int | None]
    by_message_id: Mapping[str, int] = field(default_factory=dict)
    by_number: Mapping[int, int] = field(default_factory=dict)
    by_event: Mapping[str, int] = field(default_factory=dict)
    by_foreign: Mapping[str, int] = field(default_factory=dict)
    takes_part: frozenset[int] = frozenset()


def clues(mail: ParsedMail, own_addresses: frozenset[str]) -> Clues:
    """Collects the evidence of a mail. Ids nearest to it come first: In-Reply-To, then References backwards."""
    ids = [mail.in_reply_to, *reversed(mail.references[-MAX_REFERENCES:])]
    if mail.bounce is not None and mail.bounce.original_message_id:
        ids.insert(0, mail.bounce.original_message_id)
    tokens = [plus_part(address.email, own_addresses) for address in (*mail.to, *mail.cc)]
    for name in ("delivered-to", "x-original-to", "envelope-to"):
        tokens += [plus_part(value, own_addresses) for value in mail.headers.all(name)]
    return Clues(
        answered_ids=tuple(dict.fromkeys(item for item in ids if item)),
        plus_tokens=tuple(dict.fromkeys(item for item in tokens if item)),
        numbers=subject_numbers(mail.subject),
        events=tuple(dict.fromkeys(event.uid for event in mail.events if event.uid)),
        foreign=foreign_numbers(mail.subject),
    )


def plus_part(address: str, own_addresses: frozenset[str]) -> str:
    """What stands behind `+` in one of our own addresses, otherwise nothing."""
    local, _, domain = address.strip("<> ").rpartition("@")
    base, plus, token = local.partition("+")
    return token if plus and f"{base}@{domain}".lower() in own_addresses else ""


def subject_numbers(subject: str) -> tuple[int, ...]:
    """Ticket numbers a subject names: `[#10427]`, `Ticket 10427`, `#10427`."""
    found = [*_MARKED.findall(subject), *_NAMED.findall(subject), *_BARE.findall(subject)]
    return tuple(dict.fromkeys(int(number) for number in found[:10]))


def decide(given: Clues, known: Known) -> Decision:
    """The first evidence that holds decides; everything that was tried is kept for the reader."""
    tried: list[Evidence] = []
    for step, evidence in (
        ("signed_message_id", _tokens(given.answered_ids, known.token_of, "signed_message_id")),
        ("known_message_id", _ids(given.answered_ids, known)),
        ("plus_address", _tokens(given.plus_tokens, known.token_of, "plus_address")),
        ("event", _named(given.events, known.by_event, known.takes_part, "event")),
        ("external_number", _named(given.foreign, known.by_foreign, None, "external_number")),
        ("subject_number", _numbers(given.numbers, known)),
    ):
        tried += evidence or ([] if step in _SELDOM else [Evidence(step, "")])
        hit = next((item for item in evidence if item.accepted), None)
        if hit is not None:
            return Decision(hit.ticket, tuple(tried))
    suggestion = next((item.ticket for item in tried if item.ticket is not None), None)
    return Decision(None, tuple(tried), suggestion)


def _tokens(values: tuple[str, ...], token_of: Callable[[str], int | None], step: str) -> list[Evidence]:
    for value in values:
        ticket = token_of(value)
        if ticket is not None:
            return [Evidence(step, value, ticket, True)]
    return []


def _ids(values: tuple[str, ...], known: Known) -> list[Evidence]:
    for value in values:
        ticket = known.by_message_id.get(value)
        if ticket is not None:
            return [Evidence("known_message_id", value, ticket, True)]
    return []


def _named(
    values: tuple[str, ...], tickets: Mapping[str, int], takes_part: frozenset[int] | None, step: str
) -> list[Evidence]:
    """Events count for somebody who takes part; who asked for numbers has looked at whose they are already."""
    found = []
    for value in values:
        ticket = tickets.get(value)
        if ticket is not None:
            holds = takes_part is None or ticket in takes_part
            note = "" if holds else "the sender takes no part in this ticket"
            found.append(Evidence(step, value, ticket, holds, note))
    return found


def _numbers(numbers: tuple[int, ...], known: Known) -> list[Evidence]:
    found = []
    for number in numbers:
        ticket = known.by_number.get(number)
        if ticket is None:
            found.append(Evidence("subject_number", str(number), None, False, "no such ticket"))
            continue
        takes_part = ticket in known.takes_part
        note = "" if takes_part else "the sender takes no part in this ticket"
        found.append(Evidence("subject_number", str(number), ticket, takes_part, note))
    return found
