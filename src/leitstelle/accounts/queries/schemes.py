"""Which level scheme counts for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leitstelle.accounts.models import LevelScheme, Organisation
from leitstelle.accounts.queries.tree import with_descendants
from leitstelle.kernel.kept import kept


@dataclass(frozen=True)
class Schemes:
    """The scheme of the house, and by organisation those that are served by another one."""

    house: int | None
    own: Mapping[int, int] = field(default_factory=dict)

    def of(self, organisation_id: int | None) -> int | None:
        """Return the id of the scheme that counts for an organisation; without one, that of the house."""
        return self.own.get(organisation_id or 0, self.house)


@kept("organisation", "level_scheme")
def schemes_in_use() -> Schemes:
    """Return which scheme counts for whom, as this process knows it.

    An organisation without a scheme of its own has that of the nearest one above it.
    """
    house = LevelScheme.objects.filter(is_default=True).values_list("pk", flat=True).first()
    chosen = dict(
        Organisation.objects.filter(level_scheme__isnull=False).values_list("pk", "level_scheme_id")
    )
    if not chosen:
        return Schemes(house)
    own: dict[int, int] = {}
    # From the top down: what a lower one has chosen counts beneath it.
    for pk, below in sorted(with_descendants(chosen).items(), key=lambda tree: -len(tree[1])):
        own |= dict.fromkeys(below, chosen[pk] or 0)
    return Schemes(house, own)
