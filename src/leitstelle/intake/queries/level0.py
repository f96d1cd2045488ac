"""Level 0: what answers before a person does, asked one question at a time. The place where such answers are added.

A provider registers itself (`register_level0`, in panels). It knows a dialogue by its *state*: a short text that says
which version of what was begun and what was answered, so that reconnecting or publishing anew breaks nothing. Before
there is a chat the state lives in the visitor's browser and is never trusted; in a chat it stands in `Chat.aid`. Guides
are the first provider (`actions.chat_guides`); answers out of articles come with the knowledge base as the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from leitstelle.intake.models import ChatDoor
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket

MOST_OFFERS = 4


@dataclass(frozen=True)
class Offer:
    """Something that may help; `key` begins it."""

    key: str
    title: str


@dataclass(frozen=True)
class Asked:
    """The question to ask next, in one language; `answers` as (key, words), none where a text is asked for."""

    key: str
    kind: str
    ask: str
    note: str
    required: bool
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sorts:
    """What a ticket gets by it; empty means not said."""

    kind: str = ""
    category_id: int | None = None
    impact: str = ""
    urgency: str = ""
    team_id: int | None = None
    device: str = ""


@dataclass(frozen=True)
class Dialogue:
    """Where a dialogue stands: question and answer of each step so far, what is asked next, whether it helped.

    `told` is all of it as the words of a report, empty where nothing was answered.
    """

    title: str
    steps: tuple[tuple[str, str], ...]
    question: Asked | None
    is_solved: bool
    told: str
    sorts: Sorts = field(default_factory=Sorts)


class Level0(Protocol):
    """One kind of answer. States it does not know (any more) give nothing."""

    name: str

    def offers(self, door: ChatDoor, text: str, language: str) -> Sequence[tuple[str, str]]:
        """What fits the words, best first, as (key, title); without words what this door offers at first."""

    def begin(self, key: str) -> str:
        """The state of a new dialogue; empty where it is not offered (any more)."""

    def look(self, state: str, language: str) -> Dialogue | None:
        """Where it stands."""

    def answer(self, state: str, question: str, given: str, typed: str) -> str | None:
        """The state with an answer, chosen (`given`) or typed. A question that is not asked now changes nothing;
        `None` where what was typed is no answer."""

    def back(self, state: str) -> str:
        """The state without its last answer; empty where there was none."""

    def recall(self, state: str, ticket: Ticket) -> str:
        """The state as it stands on a ticket, where the desk went on in it."""

    def keep(self, state: str, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
        """Write it down on a ticket."""

    def sort(self, state: str, ticket: Ticket, *, by: Viewer, now: datetime) -> None:
        """Sort a ticket that is there already."""

    def helped(self, state: str, *, by: Viewer, now: datetime) -> None:
        """Count that it made a person unnecessary."""


_providers: dict[str, Level0] = {}


def register_level0(provider: Level0) -> None:
    """Add a provider; the order of registration is the order of its offers. Raises `ValueError` for a name in use."""
    if provider.name in _providers:
        raise ValueError(provider.name)
    _providers[provider.name] = provider


def provider_of(aid: str) -> tuple[Level0, str] | None:
    """Return the provider and its own part of a state."""
    name, _colon, state = aid.partition(":")
    provider = _providers.get(name)
    return (provider, state) if provider is not None and state else None


def begun(key: str) -> str:
    """The state of what an offer begins; empty where it is not offered any more."""
    found = provider_of(key)
    return named(found[0], found[0].begin(found[1])) if found else ""


def named(provider: Level0, state: str) -> str:
    """A state as chats and browsers keep it; empty stays empty."""
    return f"{provider.name}:{state}" if state else ""


def offers_at(door: ChatDoor, text: str, language: str) -> list[Offer]:
    """Return what a door offers for these words."""
    if not door.offers_guides:
        return []
    found = [
        Offer(f"{one.name}:{key}", title)
        for one in _providers.values()
        for key, title in one.offers(door, text, language)
    ]
    return found[:MOST_OFFERS]


def look_at(aid: str, language: str) -> Dialogue | None:
    """Where a dialogue stands; nothing without one."""
    found = provider_of(aid)
    return found[0].look(found[1], language) if found else None


@dataclass(frozen=True)
class Brought:
    """A dialogue that a visitor went through before there was a ticket."""

    aid: str
    told: str
    sorts: Sorts


def brought(aid: str, language: str) -> Brought | None:
    """Read what a browser brought; nothing where it is none of ours."""
    found = look_at(aid, language)
    return Brought(aid, found.told, found.sorts) if found else None


def shown_aid(aid: str, language: str) -> dict[str, Any] | None:
    """A dialogue as the visitor's script shows it."""
    found = look_at(aid, language)
    if found is None:
        return None
    question = found.question
    return {
        "title": found.title,
        "steps": [{"ask": ask, "told": told} for ask, told in found.steps],
        "solved": found.is_solved,
        "question": question
        and {
            "key": question.key,
            "kind": question.kind,
            "ask": question.ask,
            "note": question.note,
            "required": question.required,
            "answers": [{"key": key, "words": words} for key, words in question.answers],
        },
    }
