"""Choosing what one is told: stored where it differs from the default, by oneself only; the house's defaults."""

import pytest

from leitstelle.accounts.tests.cast import SYSTEM, as_agent
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.notifications.actions import MyChoices, change_preferences, prune, set_defaults
from leitstelle.notifications.actions.reading import KEEP_ALL, KEEP_READ, mark_all_read
from leitstelle.notifications.choices import Kind, MailChoice
from leitstelle.notifications.errors import NeverReachable
from leitstelle.notifications.models import HouseDefault, MailItem, Notification, Preference, Rhythm
from leitstelle.notifications.queries.bell import MOST, bell_of
from leitstelle.notifications.queries.wishes import choices_of, choices_of_person, rhythms_of
from leitstelle.notifications.rules.claims import Choice
from leitstelle.notifications.rules.shipped import SHIPPED
from leitstelle.notifications.tests.house import NOW
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
QUIET = Choice(in_product=False, mail=MailChoice.OFF)
DAILY = Choice(in_product=True, mail=MailChoice.DAILY)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def test_only_what_differs_is_kept_and_what_is_put_back_follows_the_default_again(desk: Desk) -> None:
    defaults = choices_of_person(desk.agent, "agent")
    by = desk.as_agent()
    change_preferences(desk.agent, MyChoices(choices=defaults), by=by, now=NOW)
    assert not Preference.objects.exists()
    assert not Event.objects.filter(code="notifications.preferences_changed").exists()
    change_preferences(desk.agent, MyChoices(choices={**defaults, Kind.NOTE: DAILY}), by=by, now=NOW)
    assert Preference.objects.get().kind == Kind.NOTE
    assert Event.objects.get(code="notifications.preferences_changed").data == {"fields": ["note"]}
    assert choices_of({desk.agent.pk: (Kind.NOTE, False)}) == {desk.agent.pk: DAILY}
    change_preferences(desk.agent, MyChoices(choices=defaults), by=by, now=NOW)
    assert not Preference.objects.exists()


def test_a_rhythm_is_kept_in_the_persons_zone(desk: Desk) -> None:
    new = MyChoices(choices={}, quiet_begin=1080, quiet_end=420, quiet_days=(6, 5), urgent_passes=True)
    change_preferences(desk.agent, new, by=desk.as_agent(), now=NOW)
    times = rhythms_of([desk.agent])[desk.agent.pk]
    assert (times.tz, times.quiet.begin, times.quiet.end) == ("Europe/Berlin", 1080, 420)
    assert times.quiet.days == {5, 6}
    assert times.urgent_passes
    assert rhythms_of([desk.lead])[desk.lead.pk].quiet.days == frozenset()


def test_nobody_chooses_for_others_or_for_never(desk: Desk) -> None:
    for viewer in (desk.as_lead(), SYSTEM):
        with pytest.raises(NotAllowed):
            change_preferences(desk.agent, MyChoices(choices={}), by=viewer, now=NOW)
    never = MyChoices(choices={}, quiet_days=tuple(range(7)))
    with pytest.raises(NeverReachable):
        change_preferences(desk.agent, never, by=desk.as_agent(), now=NOW)
    wrong = MyChoices(choices={Kind.NOTE: Choice(True, "sometimes")})
    with pytest.raises(InvalidInput):
        change_preferences(desk.agent, wrong, by=desk.as_agent(), now=NOW)
    assert not Rhythm.objects.exists()


def test_administrators_set_the_defaults_of_a_role(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        set_defaults("agent", {Kind.NOTE: QUIET}, by=desk.as_lead(), now=NOW)
    admin = as_agent(desk.admin)
    set_defaults("agent", {Kind.NOTE: QUIET}, by=admin, now=NOW)
    assert choices_of({desk.agent.pk: (Kind.NOTE, False)}) == {desk.agent.pk: QUIET}
    assert choices_of({desk.lead.pk: (Kind.NOTE, False)}) == {desk.lead.pk: SHIPPED["team_lead", Kind.NOTE]}
    assert Event.objects.get(code="notifications.defaults_changed").data == {"changes": ["agent:note"]}
    set_defaults("agent", {Kind.NOTE: SHIPPED["agent", Kind.NOTE]}, by=admin, now=NOW)
    assert not HouseDefault.objects.exists()


def _told(desk: Desk, number: int, **values: object) -> Notification:
    row = {
        "person": desk.agent,
        "event_id": number,
        "kind": Kind.NOTE,
        "reason": "assignee",
        "created_at": NOW,
    }
    return Notification.objects.create(**(row | values))


def test_what_was_read_long_ago_is_forgotten_unless_its_mail_waits(desk: Desk) -> None:
    old = NOW - KEEP_READ * 2
    _told(desk, 1, created_at=old, read_at=old)
    _told(desk, 2, created_at=old)
    _told(desk, 3, created_at=NOW - KEEP_ALL * 2)
    waiting = _told(desk, 4, created_at=old, read_at=old)
    MailItem.objects.create(notification=waiting, person=desk.agent, due_at=NOW)
    _told(desk, 5, created_at=NOW, read_at=NOW)
    assert prune(NOW) == 2
    assert set(Notification.objects.values_list("event_id", flat=True)) == {2, 4, 5}


def test_the_bell_counts_up_to_a_bound_and_all_read_leaves_what_came_later(desk: Desk) -> None:
    for number in range(MOST + 5):
        _told(desk, number)
    bell = bell_of(desk.as_agent(), afresh=True)
    assert (bell.unread, bell.text) == (MOST, "99+")
    later = _told(desk, 999)
    mark_all_read(by=desk.as_agent(), now=NOW, upto=bell.newest)
    assert bell_of(desk.as_agent()).unread == 1
    assert bell_of(desk.as_agent()).newest == later.pk
    assert bell_of(desk.as_lead()).unread == 0
