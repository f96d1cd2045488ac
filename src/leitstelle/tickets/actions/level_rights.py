"""What a level sees, may do and solves, kept together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.actions import set_level_rights
from leitstelle.accounts.choices import LevelRight, LevelSight
from leitstelle.accounts.models import Level
from leitstelle.catalog.models import Category
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.events import LevelCategoriesChanged
from leitstelle.tickets.models import LevelCategory


@dataclass(frozen=True, kw_only=True)
class LevelRightsInput:
    """The rights of a level; without `solves` it solves every category."""

    sees: LevelSight
    withheld: tuple[LevelRight, ...] = ()
    solves: Sequence[Category] = ()


@unit()
def set_rights_of_level(level: Level, wanted: LevelRightsInput, *, by: Viewer, now: datetime) -> Level:
    """Set what a level sees, may not do, and solves. Administrators only. Counts at once.

    Events `level_scheme.rights_changed`, `level_scheme.categories_changed`. Raises `NotAllowed`.
    """
    set_level_rights(level, sees=wanted.sees, withheld=wanted.withheld, by=by, now=now)
    before = set(level.solves.values_list("category_id", flat=True))
    after = {category.pk for category in wanted.solves}
    if before != after:
        level.solves.exclude(category_id__in=after).delete()
        LevelCategory.objects.bulk_create(
            LevelCategory(level=level, category_id=pk) for pk in sorted(after - before)
        )
        data = LevelCategoriesChanged(level_id=level.pk, category_ids=tuple(sorted(after)))
        record(data, subject=Subject("level_scheme", level.scheme_id), actor=by.actor, at=now)
    return level
