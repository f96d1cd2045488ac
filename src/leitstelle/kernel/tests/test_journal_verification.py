"""Verifying: every kind of tampering is found, an erasure is not one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leitstelle.config.cli.table import main
from leitstelle.kernel.events import (
    BulkItem,
    Event,
    EventHead,
    PayloadGone,
    Subject,
    bulk_record,
    checkpoints,
    erase_payload,
    events_for,
    verify,
    verify_subject,
)
from leitstelle.kernel.events.chain import FIXED_FIELDS
from leitstelle.kernel.events.models import Checkpoint
from leitstelle.kernel.tests.samples import ACTOR, NOON, Sampled, sample
from leitstelle.kernel.work import Delivery

pytestmark = pytest.mark.django_db
THING = Subject("thing", 1)

CHANGES: dict[str, Any] = {
    "subject_kind": "other",
    "subject_id": 77,
    "seq": 9,
    "code": "test.echoed",
    "version": 2,
    "data": {"number": 99, "marks": []},
    "state": {"status": "closed"},
    "actor_kind": "rule",
    "actor_id": "8",
    "at": NOON + timedelta(microseconds=1),
    "recorded_at": NOON,
    "context_ticket": 5,
    "restricted": True,
    "cause_id": 1,
    "depth": 1,
    "salt": "0" * 32,
    "payload_digest": "0" * 64,
    "prev_hash": "0" * 64,
    "hash": "0" * 64,
    "erased_at": NOON,
}


@pytest.fixture
def chain() -> list[Event]:
    """Five events of one subject, some of others."""
    for number in range(1, 6):
        sample(number)
        sample(number, subject=Subject("thing", 2))
        sample(number, subject=Subject("person", number))
    return list(events_for(THING))


def test_a_whole_journal_is_whole(chain: list[Event]) -> None:
    report = verify()
    assert (report.ok, report.events, report.subjects) == (True, 15, 7)


def test_every_column_is_tried() -> None:
    columns = {field.attname for field in Event._meta.concrete_fields} - {"id", "txid"}
    assert set(CHANGES) == columns
    assert set(FIXED_FIELDS) < columns


@pytest.mark.parametrize("column", sorted(CHANGES))
def test_a_changed_column_is_found(chain: list[Event], column: str) -> None:
    Event.objects.filter(pk=chain[2].pk).update(**{column: CHANGES[column]})
    report = verify()
    assert not report.ok
    # The victim's own chain breaks at the third event (or says that it is missing there).
    broken = [problem for problem in report.problems if problem.subject == THING]
    assert [problem.seq for problem in broken] == [3]
    assert str(broken[0]).startswith("thing:1 event 3: ")


def test_a_removed_event_is_found(chain: list[Event]) -> None:
    Event.objects.filter(pk=chain[1].pk).delete()
    assert [(p.subject, p.seq) for p in verify().problems] == [(THING, 2)]


def test_a_removed_tail_is_found_by_the_head(chain: list[Event]) -> None:
    Event.objects.filter(pk=chain[4].pk).delete()
    (problem,) = verify().problems
    assert "head stands at 5" in problem.reason


def test_a_head_without_events_and_events_without_head_are_found(chain: list[Event]) -> None:
    Event.objects.filter(subject_kind="person", subject_id=1).delete()
    EventHead.objects.filter(subject_kind="person", subject_id=2).delete()
    assert {p.subject for p in verify().problems} == {Subject("person", 1), Subject("person", 2)}


def cut_tail(chain: list[Event]) -> None:
    """Remove the last two events and rewind the head as if they had never been."""
    Event.objects.filter(pk__in=[chain[3].pk, chain[4].pk]).delete()
    EventHead.objects.filter(subject_kind="thing", subject_id=1).update(seq=3, hash=chain[2].hash)


def test_a_tail_cut_with_its_head_is_shown_by_the_checkpoint(chain: list[Event]) -> None:
    checkpoints.take(timezone.now())
    sample(6)
    assert verify().ok
    Event.objects.filter(subject_kind="thing", subject_id=1, seq=6).delete()
    cut_tail(chain)
    assert "signed 5 events" in verify().problems[0].reason
    # Rewinding the mark as well breaks the signature.
    EventHead.objects.filter(subject_kind="thing", subject_id=1).update(
        checked_seq=3, checked_hash=chain[2].hash
    )
    assert "shorter or other than at checkpoint" in verify().problems[0].reason


def test_a_whole_chain_removed_is_shown_by_the_checkpoint(chain: list[Event]) -> None:
    checkpoints.take(timezone.now())
    Event.objects.filter(subject_kind="thing", subject_id=1).delete()
    EventHead.objects.filter(subject_kind="thing", subject_id=1).delete()
    assert not verify().ok


def test_a_rewritten_tail_is_shown_by_the_checkpoint(chain: list[Event]) -> None:
    checkpoints.take(timezone.now())
    cut_tail(chain)
    sample(44)
    sample(55)
    assert [p.seq for p in verify().problems if p.subject] == [5]


def test_a_forged_or_removed_checkpoint_is_found(chain: list[Event]) -> None:
    first = checkpoints.take(timezone.now())
    sample(6)
    second = checkpoints.take(timezone.now())
    assert (verify().ok, second.previous, second.events) == (True, first.digest, 16)
    Checkpoint.objects.filter(pk=second.pk).update(events=15)
    assert [p.subject for p in verify().problems] == [None]
    Checkpoint.objects.filter(pk=second.pk).update(events=16)
    Checkpoint.objects.filter(pk=first.pk).delete()
    assert "one before it removed" in verify().problems[0].reason


def test_an_erased_payload_leaves_the_chain_whole(chain: list[Event]) -> None:
    assert erase_payload([chain[1].pk, chain[2].pk], ACTOR, now=NOON) == 2
    report = verify()
    assert (report.ok, report.erased) == (True, 2)
    event = Event.objects.get(pk=chain[1].pk)
    assert (event.data, event.salt, event.erased_at) == ({}, "", NOON)
    with pytest.raises(PayloadGone):
        event.load()
    assert erase_payload([chain[1].pk], ACTOR) == 0


def test_emptying_a_payload_by_hand_is_tampering(chain: list[Event]) -> None:
    erase_payload([chain[1].pk], ACTOR)
    Event.objects.filter(pk=chain[3].pk).update(data={}, salt="", erased_at=NOON)
    (problem,) = verify().problems
    assert (problem.seq, problem.reason) == (4, "was emptied without a recorded erasure")


def test_the_trace_of_an_erasure_cannot_be_erased(chain: list[Event]) -> None:
    erase_payload([chain[1].pk], ACTOR)
    trace = Event.objects.get(code="journal.payload_erased")
    with pytest.raises(ValueError, match="cannot be erased"):
        erase_payload([trace.pk], ACTOR)
    assert verify().ok


def test_one_chain_can_be_checked_by_itself(chain: list[Event]) -> None:
    Event.objects.filter(pk=chain[2].pk).update(depth=2)
    assert not verify_subject(THING).ok
    assert verify_subject(Subject("thing", 2)).ok


def test_chains_over_many_pages_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leitstelle.kernel.events.verification.SUBJECTS_A_PAGE", 3)
    for number in range(1, 12):
        sample(number, subject=Subject("thing", number * 5))
    EventHead.objects.filter(subject_id__in=[5, 35, 55]).delete()
    report = verify()
    assert (report.events, report.subjects) == (11, 11)
    assert {problem.subject.id for problem in report.problems if problem.subject} == {5, 35, 55}


def test_bulk_loading_makes_the_same_chains() -> None:
    sample(1)
    items = [BulkItem(Sampled(n), Subject("thing", 1 + n % 3), ACTOR, NOON) for n in range(50)]
    assert bulk_record(items, chunk=7) == 50
    sample(2)
    assert [event.seq for event in events_for(THING)] == list(range(1, 20))
    assert (verify().ok, Event.objects.count(), Delivery.objects.count()) == (True, 52, 0)


def test_the_command_says_where_the_first_break_is(
    chain: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "checkpoint"]) == 0
    assert " 7 15 " in capsys.readouterr().out
    assert main(["journal", "verify"]) == 0
    assert "The journal is whole: 15 events of 7 subjects" in capsys.readouterr().out
    Event.objects.filter(pk=chain[2].pk).update(depth=2)
    assert main(["journal", "verify"]) == 1
    assert "thing:1 event 3: was changed (hash)" in capsys.readouterr().out
    assert main(["journal", "verify", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert answer["problems"] == [
        {"subject": "thing:1", "seq": 3, "event_id": chain[2].pk, "reason": "was changed (hash)"}
    ]
