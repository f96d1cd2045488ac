"""What of devices is findable: name, numbers, model, place and who uses them; never the agents' notes.

Who may find them is said by `policies.findable_assets`.
"""

from collections.abc import Collection, Iterable, Iterator

from leitstelle.accounts.events import (
    OrganisationsMerged,
    OrganisationsUnmerged,
    PeopleMerged,
    PeopleUnmerged,
)
from leitstelle.accounts.queries import moved_rows
from leitstelle.assets import events
from leitstelle.assets.labels import name_of
from leitstelle.assets.models import Asset, AssetUser
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import Original, SearchDoc, register_source

ASSET = "asset"
_EVENTS = (
    events.AssetAdded,
    events.AssetChanged,
    events.AssetHandedOver,
    events.AssetTakenBack,
    events.AssetRetired,
    events.AssetReturned,
)


def assets(asset_ids: Collection[int]) -> Iterator[SearchDoc]:
    """Yield the document of each of these devices."""
    rows = Asset.objects.filter(pk__in=asset_ids).select_related("kind", "organisation", "site")
    for asset in rows.prefetch_related("users"):
        yield SearchDoc(
            kind=ASSET,
            object_id=asset.pk,
            organisation_id=asset.organisation_id,
            at=asset.created_at,
            title=asset.name,
            body=_about(asset),
            language=asset.organisation.language if asset.organisation else "de",
        )


def _about(asset: Asset) -> str:
    parts = (
        name_of(asset.kind),
        asset.inventory_number,
        asset.serial_number,
        f"{asset.manufacturer} {asset.model}".strip(),
        asset.organisation.name if asset.organisation else "",
        asset.site.name if asset.site else "",
        asset.location,
        *(person.display_name for person in asset.users.all()),
    )
    return "\n".join(part for part in parts if part)


def _originals(parts: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
    docs = assets([pk for pk, _part in parts])
    return {(doc.object_id, doc.part): Original(doc.title, doc.body) for doc in docs}


def _every_asset() -> Iterable[int]:
    return Asset.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _subject(event: Event) -> Collection[int]:
    return (event.subject_id,)


def _moved(event: Event) -> Collection[int]:
    uses = AssetUser.objects.filter(pk__in=moved_rows(event, "assets.users"))
    return (*moved_rows(event, "assets.assets"), *uses.values_list("asset_id", flat=True))


register_source(
    ASSET,
    fetch=assets,
    events={
        **dict.fromkeys(_EVENTS, _subject),
        PeopleMerged: _moved,
        PeopleUnmerged: _moved,
        OrganisationsMerged: _moved,
        OrganisationsUnmerged: _moved,
    },
    texts=_originals,
    all_ids=_every_asset,
)
