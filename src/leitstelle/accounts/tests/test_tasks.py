"""What the clock forgets by itself."""

from datetime import timedelta

import pytest

from leitstelle.accounts import actions
from leitstelle.accounts.errors import UndoTooLate
from leitstelle.accounts.models import MergeRecord, Person
from leitstelle.accounts.tasks import forget_merged_values
from leitstelle.accounts.tests.cast import NOW, SYSTEM, email, make_organisation, make_person

pytestmark = pytest.mark.django_db
MOMENT = timedelta(seconds=1)


@pytest.fixture
def merge() -> MergeRecord:
    house = make_organisation("Werk Nord")
    one = make_person("Eva Brandt", email("eva@werk-nord.test"), organisation=house)
    other = make_person("E. Brandt", email("eva@privat.example"), organisation=house)
    Person.objects.filter(pk=other.pk).update(note="Nur vormittags.")
    choices = {"name": "merged"}
    plan = actions.MergePlan(survivor_version=one.version, merged_version=other.version, choices=choices)
    return actions.merge_people(one, other, plan, by=SYSTEM, now=NOW)


def test_values_are_forgotten_when_a_merge_can_no_longer_be_undone(merge: MergeRecord) -> None:
    assert "Nur vormittags." in str(merge.changes)
    moves = merge.moves
    forget_merged_values(merge.undo_until)
    merge.refresh_from_db()
    assert "Nur vormittags." in str(merge.changes), "it can be undone until then"
    forget_merged_values(merge.undo_until + MOMENT)
    merge.refresh_from_db()
    assert merge.changes == []
    assert merge.moves == moves, "ids stay"
    with pytest.raises(UndoTooLate):
        actions.undo_merge(merge, by=SYSTEM, now=merge.undo_until + MOMENT)


def test_values_of_a_merge_that_was_undone_are_forgotten_the_next_night(merge: MergeRecord) -> None:
    actions.undo_merge(merge, by=SYSTEM, now=NOW)
    forget_merged_values(NOW + MOMENT)
    merge.refresh_from_db()
    assert merge.changes == []
    assert Person.objects.get(pk=merge.survivor_id).display_name == "Eva Brandt"
    assert Person.objects.get(pk=merge.merged_id).note == "Nur vormittags."
