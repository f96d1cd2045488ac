"""Reads of devices: by person, by words, and the kinds in use."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from leitstelle.assets.choices import GONE
from leitstelle.assets.models import Asset, AssetKind, AssetUser
from leitstelle.assets.policies import visible_assets
from leitstelle.kernel.kept import kept
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

WORDS = 5


@kept("asset_kind")
def kinds() -> list[AssetKind]:
    """Return the kinds that are offered, in order."""
    return list(AssetKind.objects.filter(is_active=True))


def devices_of(viewer: Viewer, person_ids: Iterable[int]) -> dict[int, list[Asset]]:
    """Return the visible devices each of these people uses, their own first; retired and lost ones left out.

    `kind` and `site` are loaded. One statement, however many people; people without devices are in the answer
    with an empty list.
    """
    found: dict[int, list[Asset]] = defaultdict(list, {person_id: [] for person_id in person_ids})
    if not found:
        return {}
    uses = AssetUser.objects.filter(person_id__in=list(found), asset__in=visible_assets(viewer).values("pk"))
    uses = uses.exclude(asset__status__in=GONE).select_related("asset__kind", "asset__site")
    for use in uses.order_by("-is_main", "asset__sort_name", "asset_id"):
        found[use.person_id].append(use.asset)
    return dict(found)


def matching(rows: QuerySet[Asset], typed: str) -> QuerySet[Asset]:
    """Narrow `rows` to those whose name, numbers, model, place or main user hold every word typed (at most five)."""
    for word in typed.split()[:WORDS]:
        users = AssetUser.objects.filter(person__sort_name__contains=sort_key(word))
        rows = rows.filter(
            Q(sort_name__contains=sort_key(word))
            | Q(inventory_number__icontains=word)
            | Q(serial_number__icontains=word)
            | Q(manufacturer__icontains=word)
            | Q(model__icontains=word)
            | Q(location__icontains=word)
            | Q(pk__in=users.values("asset_id"))
        )
    return rows
