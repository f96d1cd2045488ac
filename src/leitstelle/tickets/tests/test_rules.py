"""Pure rules of the ticket core."""

from datetime import UTC, datetime, timedelta

import pytest

from leitstelle.tickets.choices import Verb
from leitstelle.tickets.rules.life_cycle import FollowUp, Step, destination, follow_up
from leitstelle.tickets.rules.responses import is_response
from leitstelle.tickets.rules.texts import clean_subject, preview, subject_from

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
STEPS = [
    Step("new", "waiting_requester", Verb.WAIT, by_requester=False, by_agent=True),
    Step("new", "waiting_third", Verb.WAIT, by_requester=False, by_agent=True),
    Step("resolved", "closed", Verb.CONFIRM, by_requester=True, by_agent=True),
]


def test_a_wanted_destination_is_picked() -> None:
    assert (
        destination(STEPS, from_status="new", verb=Verb.WAIT, as_agent=True, wanted="waiting_third")
        == "waiting_third"
    )


def test_a_requester_cannot_take_an_agents_step() -> None:
    assert destination(STEPS, from_status="new", verb=Verb.WAIT, as_agent=False) is None
    assert destination(STEPS, from_status="resolved", verb=Verb.CONFIRM, as_agent=False) == "closed"


@pytest.mark.parametrize(
    ("status_type", "waits", "closed_days_ago", "expected"),
    [
        ("new", False, None, FollowUp.KEEP),
        ("waiting", True, None, FollowUp.CONTINUE),
        ("waiting", False, None, FollowUp.KEEP),
        ("resolved", False, None, FollowUp.REOPEN),
        ("closed", False, 14, FollowUp.REOPEN),
        ("closed", False, 15, FollowUp.NEW_TICKET),
        ("rejected", False, None, FollowUp.NEW_TICKET),
    ],
)
def test_what_a_requesters_message_does(
    status_type: str, waits: bool, closed_days_ago: int | None, expected: FollowUp
) -> None:
    closed_at = NOW - timedelta(days=closed_days_ago) if closed_days_ago is not None else None
    assert follow_up(status_type, waits, closed_at, NOW) is expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("AW: Re: WG: Drucker", "Drucker"),
        ("Re[2]: Fwd:  VPN\n bricht ab", "VPN bricht ab"),
        ("Antwort: Antw: x", "x"),
        ("Reparatur: Drucker", "Reparatur: Drucker"),
        ("  ", ""),
    ],
)
def test_subjects_lose_their_reply_prefixes(subject: str, expected: str) -> None:
    assert clean_subject(subject) == expected


def test_a_missing_subject_is_the_first_line() -> None:
    assert subject_from("\n\n  Guten Tag,  \nder Drucker …") == "Guten Tag,"
    assert subject_from("") == ""
    assert len(subject_from("x" * 500)) == 80


def test_a_preview_is_one_short_line() -> None:
    assert preview("a\n\n b") == "a b"
    assert len(preview("wort " * 100)) <= 200


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"automatic_kind": "auto_reply"}, False),
        ({"audience": "internal"}, False),
        ({"author_is_agent": False}, False),
        ({"direction": "inbound"}, False),
        (
            {"channel": "phone", "direction": "inbound", "author_is_agent": False, "entered_by_agent": True},
            True,
        ),
        ({"channel": "phone", "direction": "inbound", "author_is_agent": False}, False),
    ],
)
def test_what_counts_as_a_response(changed: dict[str, object], expected: bool) -> None:
    facts: dict[str, object] = {
        "direction": "outbound",
        "channel": "mail",
        "audience": "public",
        "author_is_agent": True,
        "automatic_kind": "",
        "entered_by_agent": False,
    }
    assert is_response(**(facts | changed)) is expected  # type: ignore[arg-type]
