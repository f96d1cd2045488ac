"""Who gets a ticket and which one comes next, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from leitstelle.triage.choices import Mode, Why
from leitstelle.triage.rules.giving import Candidate, Waiting, choose, in_order

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_turns_go_round_and_load_is_shared() -> None:
    fresh = Candidate(person_id=1, load=9)
    early = Candidate(person_id=2, load=1, last_given=NOW - 2 * HOUR)
    late = Candidate(person_id=3, load=0, last_given=NOW - HOUR)
    people = [late, early, fresh]
    by_turn = choose(Mode.ROUND_ROBIN, people, needs_skill=False)
    by_load = choose(Mode.LEAST_LOADED, people, needs_skill=False)
    assert by_turn is not None
    assert by_load is not None
    assert (by_turn.person_id, by_turn.reasons) == (1, (Why.TURN,))
    assert (by_load.person_id, by_load.reasons) == (3, (Why.LOAD,))


def test_nobody_gets_more_than_their_limit_or_while_away() -> None:
    people = [
        Candidate(person_id=1, load=3, limit=3),
        Candidate(person_id=2, present=False),
        Candidate(person_id=3, takes=False),
    ]
    assert choose(Mode.LEAST_LOADED, people, needs_skill=False) is None
    chosen = choose(Mode.LEAST_LOADED, [*people, Candidate(person_id=4, load=50)], needs_skill=False)
    assert chosen is not None
    assert (chosen.person_id, chosen.reasons) == (4, (Why.ONLY,))


@pytest.mark.parametrize("mode", [Mode.NONE, Mode.PULL])
def test_other_ways_give_nobody_a_ticket(mode: Mode) -> None:
    assert choose(mode, [Candidate(person_id=1)], needs_skill=False) is None


def test_skill_language_and_site_narrow_the_circle_unless_nobody_is_left() -> None:
    expert = Candidate(person_id=1, skill=3, load=5)
    local = Candidate(person_id=2, skill=1, load=7, on_site=True)
    idle = Candidate(person_id=3)
    chosen = choose(Mode.LEAST_LOADED, [expert, local, idle], needs_skill=True)
    assert chosen is not None
    assert (chosen.person_id, chosen.reasons) == (2, (Why.SKILL, Why.SITE, Why.ONLY))
    chosen = choose(Mode.LEAST_LOADED, [idle], needs_skill=True)
    assert chosen is not None
    assert chosen.reasons == (Why.ONLY,)
    mute = Candidate(person_id=4, speaks=False)
    chosen = choose(Mode.LEAST_LOADED, [mute, expert], needs_skill=False)
    assert chosen is not None
    assert (chosen.person_id, chosen.reasons) == (1, (Why.LANGUAGE, Why.ONLY))


def test_over_many_tickets_turns_are_fair() -> None:
    given = {1: 0, 2: 0, 3: 0}
    last: dict[int, datetime] = {}
    for number in range(31):
        people = [Candidate(person_id=pk, last_given=last.get(pk)) for pk in given]
        chosen = choose(Mode.ROUND_ROBIN, people, needs_skill=False)
        assert chosen is not None
        given[chosen.person_id] += 1
        last[chosen.person_id] = NOW + number * HOUR
    assert max(given.values()) - min(given.values()) <= 1


def test_what_presses_comes_first_then_priority_then_what_one_knows() -> None:
    old = Waiting(ticket_id=1, due=None, priority=3, opened=NOW - 90 * HOUR)
    urgent = Waiting(ticket_id=2, due=NOW + HOUR, priority=3, opened=NOW)
    high = Waiting(ticket_id=3, due=NOW + 30 * HOUR, priority=2, opened=NOW)
    known = Waiting(ticket_id=4, due=NOW + 40 * HOUR, priority=2, opened=NOW, skilled=True)
    order = in_order([old, urgent, high, known], NOW)
    assert [one.ticket_id for one, _why in order] == [2, 4, 3, 1]
    assert order[1][1] == (Why.DUE, Why.PRIORITY, Why.SKILL, Why.AGE)
    assert order[3][1] == (Why.PRIORITY, Why.AGE)
