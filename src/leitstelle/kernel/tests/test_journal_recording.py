"""Recording: what a row holds, who reacts at once, what a rollback takes along."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from leitstelle.kernel.events import (
    Actor,
    Event,
    EventData,
    EventHead,
    Subject,
    events_for,
    record,
    subscribe,
    unit,
    unsubscribe,
    verify,
)
from leitstelle.kernel.events.chain import canonical
from leitstelle.kernel.events.data import plain_json
from leitstelle.kernel.tests.samples import ACTOR, NOON, Echoed, Sampled, sample, subscribed
from leitstelle.kernel.work import Delivery

pytestmark = pytest.mark.django_db
THING = Subject("thing", 1)


def test_a_recorded_event_reads_back_as_it_was() -> None:
    with unit():
        record(
            Sampled(3, ("a", "b")),
            subject=THING,
            actor=ACTOR,
            at=NOON,
            state={"status": "new", "team": 4},
            context_ticket=9,
            restricted=True,
        )
    event = Event.objects.get()
    assert event.load(Sampled) == Sampled(3, ("a", "b"))
    assert (event.seq, event.code, event.version, event.at) == (1, "test.sampled", 1, NOON)
    assert (event.actor, event.subject) == (ACTOR, THING)
    assert (event.state, event.context_ticket, event.restricted) == ({"status": "new", "team": 4}, 9, True)
    assert abs((event.recorded_at - datetime.now(UTC)).total_seconds()) < 60


def test_events_are_numbered_and_chained_per_subject() -> None:
    other = Subject("thing", 2)
    with unit():
        for number in (1, 2):
            record(Sampled(number), subject=THING, actor=ACTOR, at=NOON)
            record(Sampled(number), subject=other, actor=ACTOR, at=NOON)
    sample(3)
    first, second, third = events_for(THING)
    assert [event.seq for event in (first, second, third)] == [1, 2, 3]
    assert (first.prev_hash, second.prev_hash, third.prev_hash) == ("", first.hash, second.hash)
    heads = {(head.subject_id, head.seq, head.hash) for head in EventHead.objects.all()}
    assert heads == {(1, 3, third.hash), (2, 2, events_for(other)[1].hash)}


def test_the_returned_event_is_numbered_when_the_unit_has_ended() -> None:
    with unit():
        event = record(Sampled(1), subject=THING, actor=ACTOR, at=NOON)
        before = event.seq
    assert (before, event.seq, event.hash) == (None, 1, Event.objects.get().hash)


def test_recording_needs_a_unit() -> None:
    with pytest.raises(RuntimeError, match="outside of unit"):
        record(Sampled(1), subject=THING, actor=ACTOR, at=NOON)
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside of unit"):
        record(Sampled(1), subject=THING, actor=ACTOR, at=NOON)


def test_a_time_without_zone_is_refused() -> None:
    with unit(), pytest.raises(ValueError, match="zone"):
        record(Sampled(1), subject=THING, actor=ACTOR, at=NOON.replace(tzinfo=None))


def act(number: int) -> Event:
    """An action as domains write them."""
    return record(Sampled(number), subject=THING, actor=ACTOR, at=NOON)


def act_and_fail(number: int) -> None:
    """An action that finds out late that it cannot be done."""
    act(number)
    raise KeyError


@pytest.mark.parametrize("decorated", [unit(act), unit()(act)])
def test_unit_decorates_functions(decorated: Callable[[int], Event]) -> None:
    assert [decorated(1).seq, decorated(2).seq] == [1, 2]


def test_an_error_takes_the_events_of_the_unit_along() -> None:
    with pytest.raises(KeyError):
        unit(act_and_fail)(1)
    assert not Event.objects.exists()
    assert not EventHead.objects.exists()
    assert sample(2).seq == 1


def test_an_error_caught_around_an_inner_unit_takes_only_the_inner_events_along() -> None:
    with unit():
        record(Sampled(1), subject=THING, actor=ACTOR, at=NOON)
        with pytest.raises(KeyError):
            unit(act_and_fail)(2)
        record(Sampled(3), subject=THING, actor=ACTOR, at=NOON)
    assert [event.load(Sampled).number for event in events_for(THING)] == [1, 3]
    assert verify().ok


def test_an_event_rolled_back_behind_the_units_back_is_an_error_not_a_gap() -> None:
    def careless() -> None:
        with suppress(KeyError), transaction.atomic():
            act_and_fail(1)
        act(2)

    with pytest.raises(RuntimeError, match="rolled back"):
        unit(careless)()
    assert not Event.objects.exists()


def test_inline_subscribers_run_at_once_in_the_order_they_were_registered() -> None:
    seen: list[str] = []
    subscribe(Sampled, name="test.second", inline=True)(lambda event: seen.append(f"second {event.load()}"))
    subscribe(EventData, name="test.third", inline=True)(lambda event: seen.append("third"))
    try:
        with unit():
            record(Sampled(1), subject=THING, actor=ACTOR, at=NOON)
            seen.append("after")
    finally:
        unsubscribe("test.second")
        unsubscribe("test.third")
    assert seen == ["second Sampled(number=1, marks=())", "third", "after"]


def test_an_inline_subscriber_that_fails_stops_the_action() -> None:
    def fail(event: Event) -> None:
        raise KeyError

    with subscribed(fail, inline=True), pytest.raises(KeyError):
        sample()
    assert not Event.objects.exists()


def test_what_an_inline_subscriber_records_names_its_cause() -> None:
    def echo(event: Event) -> None:
        record(Echoed(event.load(Sampled).number), subject=event.subject, actor=ACTOR, at=event.at)

    with subscribed(echo, inline=True):
        first = sample(5)
    echoed = Event.objects.get(code="test.echoed")
    assert (echoed.cause_id, echoed.depth, echoed.seq) == (first.pk, 0, 2)
    assert sample(6).cause_id is None


def test_deliveries_are_written_with_the_event_for_subscribers_that_are_not_inline() -> None:
    with subscribed(lambda event: None), subscribed(lambda event: None, inline=True, name="test.inline"):
        event = sample()
    row = Delivery.objects.get()
    assert (row.event_id, row.subscriber, row.seq, row.state) == (event.pk, "test.handler", 1, "ready")


def test_subscriber_names_are_unique() -> None:
    with subscribed(lambda event: None), pytest.raises(ValueError, match="exists"):
        subscribe(Echoed, name="test.handler")(lambda event: None)


def test_a_second_event_class_of_the_same_code_is_refused() -> None:
    with pytest.raises(TypeError, match=r"test\.sampled"):
        type("Copy", (EventData,), {"code": "test.sampled"})


def test_an_event_class_needs_a_code_of_its_own() -> None:
    with pytest.raises(TypeError, match="code"):
        type("Heir", (Sampled,), {})


@dataclass(frozen=True)
class Renamed(EventData):
    """An event whose field had another name in version 1."""

    code = "test.renamed"
    version = 2

    team_id: int

    @classmethod
    def upgrade(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        return {"team_id": data["team"]} if version == 1 else data


def test_an_older_version_is_upgraded_on_reading() -> None:
    assert Event(code="test.renamed", version=1, data={"team": 3}).load() == Renamed(3)
    assert Event(code="test.renamed", version=2, data={"team_id": 3}).load() == Renamed(3)


def test_loading_as_another_class_is_an_error() -> None:
    with pytest.raises(TypeError, match="Echoed"):
        Event(code="test.sampled", version=1, data={"number": 1}).load(Echoed)
    with pytest.raises(LookupError, match="unknown"):
        Event(code="test.nobody").load()


@pytest.mark.parametrize("value", [NOON, object(), {1}, b"x"])
def test_only_plain_values_belong_in_an_event(value: Any) -> None:
    with pytest.raises(TypeError):
        plain_json({"field": value}, "test")


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", float("nan"), float("inf")])
def test_values_one_database_would_refuse_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="test"):
        plain_json({"field": value}, "test")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@given(state=st.dictionaries(texts, plain, max_size=5))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_canonical_form_survives_the_database(state: dict[str, Any]) -> None:
    with unit():
        event = record(Sampled(1), subject=THING, actor=Actor.system("x"), at=NOON, state=state)
    stored = Event.objects.get(pk=event.pk)
    assert canonical(stored.state) == canonical(event.state)
    assert json.loads(canonical(stored.state)) == event.state
    assert verify().ok
