"""The pure rules: once per person for the strongest reason, quiet hours, bundles, mentions."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts.choices import Role
from leitstelle.notifications.choices import PORTAL_KINDS, ROLES, Kind, MailChoice, Reason
from leitstelle.notifications.rules.bundles import MAILS_PER_HOUR, Waiting, bundles, room_again, room_left
from leitstelle.notifications.rules.claims import Choice, Claim, choice_for, strongest
from leitstelle.notifications.rules.mentions import Candidate, has_mention, mentioned
from leitstelle.notifications.rules.shipped import SHIPPED
from leitstelle.notifications.rules.times import Quiet, Times, due_at, held_until, next_digest

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(18 * 60, 7 * 60)
START = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 15 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[misc, arg-type]


# --- claims ----------------------------------------------------------------------------------------------------


def test_the_strongest_of_several_reasons_counts_once() -> None:
    claims = [
        Claim(7, Kind.NOTE, Reason.FOLLOWER),
        Claim(7, Kind.MENTIONED, Reason.MENTIONED),
        Claim(7, Kind.NOTE, Reason.ASSIGNEE),
        Claim(3, Kind.NOTE, Reason.ASSIGNEE),
    ]
    found = strongest(claims, besides=[3])
    assert found == {7: Claim(7, Kind.MENTIONED, Reason.MENTIONED)}


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Reason))), st.sets(st.integers(1, 5)))
def test_nobody_is_told_twice_and_nobody_silent(pairs: list[tuple[int, Reason]], silent: set[int]) -> None:
    found = strongest((Claim(person, Kind.NOTE, reason) for person, reason in pairs), besides=silent)
    assert set(found) == {person for person, _ in pairs} - silent
    places = list(Reason)
    for person, claim in found.items():
        assert claim.reason == min((reason for one, reason in pairs if one == person), key=places.index)


def test_an_own_choice_goes_before_the_houses_and_that_before_what_ships() -> None:
    own, house = Choice(False, MailChoice.OFF), Choice(True, MailChoice.DAILY)
    key = (str(Role.AGENT), str(Kind.NOTE))
    assert choice_for(Kind.NOTE, Role.AGENT, {Kind.NOTE: own}, {key: house}, SHIPPED) == own
    assert choice_for(Kind.NOTE, Role.AGENT, {}, {key: house}, SHIPPED) == house
    assert choice_for(Kind.NOTE, Role.AGENT, {}, {}, SHIPPED) == SHIPPED[key]


def test_what_ships_knows_every_role_and_kind_and_mails_only_contacts_in_the_portal() -> None:
    assert set(SHIPPED) == {(role, kind) for role in ROLES for kind in Kind}
    told = {kind for kind in Kind if SHIPPED[Role.REQUESTER, kind].in_product}
    assert told == set(PORTAL_KINDS)
    mailed = {kind for kind in Kind if SHIPPED[Role.REQUESTER, kind].mail != MailChoice.OFF}
    assert mailed == {Kind.LATE}


# --- quiet hours -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (berlin(2026, 3, 18, 12), berlin(2026, 3, 18, 12)),
        (berlin(2026, 3, 18, 18), berlin(2026, 3, 19, 7)),
        (berlin(2026, 3, 18, 23, 30), berlin(2026, 3, 19, 7)),
        (berlin(2026, 3, 19, 6, 59), berlin(2026, 3, 19, 7)),
        # The clock jumps at 02:00 on 29 March, and is set back at 03:00 on 25 October.
        (berlin(2026, 3, 28, 22), berlin(2026, 3, 29, 7)),
        (berlin(2026, 10, 24, 22), berlin(2026, 10, 25, 7)),
    ],
)
def test_mail_waits_for_the_end_of_the_night(moment: datetime, until: datetime) -> None:
    assert held_until(moment, Times("Europe/Berlin", NIGHT)) == until


def test_a_quiet_end_within_the_skipped_hour_is_the_jump_and_in_the_repeated_hour_counts_twice() -> None:
    ends_at_half_past_two = Times("Europe/Berlin", Quiet(20 * 60, 150))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert held_until(berlin(2026, 3, 28, 22), ends_at_half_past_two) == jump
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert held_until(berlin(2026, 10, 24, 22), ends_at_half_past_two) == first
    shown_again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # the second 02:10
    assert held_until(shown_again, ends_at_half_past_two) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_hours_within_the_day_and_days_without_mail() -> None:
    lunch = Times("Europe/Berlin", Quiet(12 * 60, 13 * 60, frozenset({5, 6})))
    assert held_until(berlin(2026, 3, 18, 12, 15), lunch) == berlin(2026, 3, 18, 13)
    assert held_until(berlin(2026, 3, 21, 9), lunch) == berlin(2026, 3, 23)


def test_holidays_hold_mail_as_well() -> None:
    times = Times("Europe/Berlin", NIGHT, is_free=lambda day: day == date(2026, 5, 1))
    assert held_until(berlin(2026, 4, 30, 19), times) == berlin(2026, 5, 2, 7)


def test_seven_quiet_days_hold_nothing_for_ever() -> None:
    times = Times("UTC", Quiet(days=frozenset(range(7))))
    assert held_until(berlin(2026, 3, 18, 12), times) == berlin(2026, 3, 18, 12)


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sets(st.integers(0, 6), max_size=6),
)
def test_no_mail_ever_leaves_at_a_quiet_time_of_the_wall(
    moment: datetime, zone: str, begin: int, end: int, days: set[int]
) -> None:
    times = Times(zone, Quiet(begin, end, frozenset(days)))
    leaves = held_until(moment, times)
    wall = leaves.astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    quiet = begin <= minute < end if begin < end else begin != end and (minute >= begin or minute < end)
    assert leaves >= moment
    assert not quiet
    assert wall.weekday() not in days
    # Held no longer than needed: a minute before it was quiet.
    if leaves > moment + timedelta(minutes=1):
        before = (leaves - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        minute = before.hour * 60 + before.minute
        was_quiet = (
            begin <= minute < end if begin < end else begin != end and (minute >= begin or minute < end)
        )
        assert was_quiet or before.weekday() in days


def test_when_each_choice_is_due() -> None:
    now, times = berlin(2026, 3, 18, 12), Times("Europe/Berlin", NIGHT, batch_minutes=15, digest_at=480)
    assert due_at(MailChoice.AT_ONCE, now, times, urgent=False) == now
    assert due_at(MailChoice.BATCHED, now, times, urgent=False) == now + timedelta(minutes=15)
    assert due_at(MailChoice.DAILY, now, times, urgent=False) == berlin(2026, 3, 19, 8)
    late = berlin(2026, 3, 18, 17, 50)
    assert due_at(MailChoice.BATCHED, late, times, urgent=False) == berlin(2026, 3, 19, 7)


def test_urgent_mail_passes_quiet_hours_only_where_the_person_allows_it() -> None:
    night = berlin(2026, 3, 18, 23)
    shut, let_through = Times("Europe/Berlin", NIGHT), Times("Europe/Berlin", NIGHT, urgent_passes=True)
    assert due_at(MailChoice.AT_ONCE, night, shut, urgent=True) == berlin(2026, 3, 19, 7)
    assert due_at(MailChoice.AT_ONCE, night, let_through, urgent=True) == night
    assert due_at(MailChoice.AT_ONCE, night, let_through, urgent=False) == berlin(2026, 3, 19, 7)


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.integers(0, 1439),
)
def test_the_daily_mail_comes_within_a_day_and_a_bit(moment: datetime, zone: str, minutes: int) -> None:
    found = next_digest(moment, Times(zone, digest_at=minutes))
    # Longest where a zone skips a whole day (Apia in 2011); within these years a clock change at most.
    assert moment < found <= moment + timedelta(hours=25)


# --- bundles ---------------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


def test_what_waits_for_the_same_ticket_leaves_with_what_is_due() -> None:
    waiting = [
        Waiting(1, 10, NOW, False),
        Waiting(2, 10, NOW + timedelta(minutes=9), False),
        Waiting(3, 11, NOW + timedelta(minutes=9), False),
        Waiting(4, 12, NOW, True),
        Waiting(5, None, NOW, True),
        Waiting(6, 10, NOW + timedelta(hours=9), True),
    ]
    assert bundles(waiting, NOW, room=9) == [[1, 2], [4, 5]]
    assert bundles(waiting, NOW, room=1) == [[1, 2, 4, 5]]
    assert bundles(waiting[2:3], NOW, room=9) == []


def test_a_flood_becomes_one_mail_and_then_pauses() -> None:
    sent = [NOW - timedelta(minutes=minutes) for minutes in range(MAILS_PER_HOUR)]
    assert room_left(sent, NOW) == 0
    assert room_left([*sent[1:], NOW - timedelta(hours=2)], NOW) == 1
    assert room_again(sent, NOW) == NOW - timedelta(minutes=MAILS_PER_HOUR - 1) + timedelta(hours=1)
    assert room_again([], NOW) == NOW


@given(
    st.lists(
        st.builds(
            Waiting,
            st.integers(1, 10**6),
            st.one_of(st.none(), st.integers(1, 4)),
            st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
            st.booleans(),
        ),
        unique_by=lambda entry: entry.id,
        max_size=30,
    ),
    st.integers(1, 5),
)
def test_every_due_entry_leaves_exactly_once(waiting: list[Waiting], room: int) -> None:
    plan = bundles(waiting, NOW, room=room)
    left = [entry for bundle in plan for entry in bundle]
    assert len(plan) <= room
    assert len(left) == len(set(left))
    assert {entry.id for entry in waiting if entry.due_at <= NOW} <= set(left)


# --- mentions --------------------------------------------------------------------------------------------------

LENA = Candidate(1, "Lena Behrens", "Lena", "Behrens")
JOERG = Candidate(2, "Jörg Müller-Lüdenscheidt", "Jörg", "Müller-Lüdenscheidt")
OTHER_LENA = Candidate(3, "Lena Vogt", "Lena", "Vogt")
NAMELESS = Candidate(4, "Nachtschicht")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@Lena Behrens schaust du?", {1}),
        ("Bitte @lena.behrens, danke", {1}),
        ("frag @Behrens.", {1}),
        ("@Lena weiß es", set()),
        ("@Lena Vogt und @Joerg", {2, 3}),
        ("(@Müller-Lüdenscheidt)", {2}),
        ("lena@behrens.example und foo@Behrens", set()),
        ("@nachtschicht: bitte", {4}),
        ("@niemand", set()),
        ("@@Behrens @ Behrens", set()),
        ("@Lena\nBehrens", set()),
        ("", set()),
    ],
)
def test_whom_a_note_mentions(text: str, people: set[int]) -> None:
    assert mentioned(text, [LENA, JOERG, OTHER_LENA, NAMELESS]) == people


@given(st.text(alphabet="@ Lenabhrsvogt.\n-'äß", max_size=300))
def test_any_text_can_be_asked_for_mentions(text: str) -> None:
    found = mentioned(text, [LENA, OTHER_LENA])
    assert found <= {1, 3}
    assert not found or has_mention(text)
