"""Who may see and keep devices."""

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import agent_scope, can_administer, concerning, covered, may_write
from leitstelle.assets.models import Asset, AssetUser
from leitstelle.kernel.viewer import Viewer


def visible_assets(viewer: Viewer) -> QuerySet[Asset]:
    """Agents: the devices of the organisations in their scope; those of another company the ones their tickets
    concern. Everybody else: what they use themselves."""
    if viewer.is_system or can_administer(viewer):
        return Asset.objects.all()
    if viewer.is_agent:
        return Asset.objects.filter(agent_scope(viewer, team=None, level=None) | concerning(viewer, Asset))
    if viewer.person_id is None:
        return Asset.objects.none()
    used = AssetUser.objects.filter(person_id=viewer.person_id)
    return Asset.objects.filter(pk__in=used.values("asset_id"))


def findable_assets(viewer: Viewer) -> Q:
    """The condition on index rows of the kind `asset`; requesters search none."""
    rows = visible_assets(viewer) if viewer.is_agent else Asset.objects.none()
    return Q(object_id__in=rows.values("pk"))


def can_add_asset(viewer: Viewer) -> bool:
    """Agents and administrators."""
    return viewer.is_system or (viewer.is_agent and may_write(viewer))


def can_keep_asset_of(viewer: Viewer, organisation_id: int | None) -> bool:
    """Whether the viewer may keep devices of this organisation: agents within their scope."""
    if viewer.is_system or can_administer(viewer):
        return True
    return can_add_asset(viewer) and covered(viewer, [organisation_id])


def can_keep_asset(viewer: Viewer, asset: Asset) -> bool:
    """Whether the viewer may change, hand over, take back and retire this device."""
    return can_keep_asset_of(viewer, asset.organisation_id)
