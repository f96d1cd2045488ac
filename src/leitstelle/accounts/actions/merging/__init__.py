"""Two records of the same person or organisation become one, and become two again."""

from leitstelle.accounts.actions.merging.base import UNDO_DAYS, MergePlan
from leitstelle.accounts.actions.merging.organisations import merge_organisations
from leitstelle.accounts.actions.merging.people import merge_people
from leitstelle.accounts.actions.merging.undoing import undo_merge

__all__ = ["UNDO_DAYS", "MergePlan", "merge_organisations", "merge_people", "undo_merge"]
