"""Who may see and keep vendors and contracts."""

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import agent_scope, can_administer, visible_organisations
from leitstelle.contracts.models import CustomerContract, UnderpinningContract, Vendor
from leitstelle.kernel.viewer import Viewer


def visible_vendors(viewer: Viewer) -> QuerySet[Vendor]:
    """Agents ask every vendor; nobody else knows of them."""
    return Vendor.objects.all() if viewer.is_agent else Vendor.objects.none()


def visible_contracts(viewer: Viewer) -> QuerySet[UnderpinningContract]:
    """Agents: the contracts of the house, and those for organisations in their scope."""
    if not viewer.is_agent:
        return UnderpinningContract.objects.none()
    if viewer.is_system or can_administer(viewer):
        return UnderpinningContract.objects.all()
    scope = agent_scope(viewer, team=None, level=None)
    return UnderpinningContract.objects.filter(Q(organisation__isnull=True) | scope)


def can_keep_vendors(viewer: Viewer) -> bool:
    """Administrators: who writes for a vendor is trusted with what is written to them."""
    return can_administer(viewer)


def visible_customer_contracts(viewer: Viewer) -> QuerySet[CustomerContract]:
    """Agents: the contracts of the customers they see. Requesters: none; they read deadlines in plain words."""
    if not viewer.is_agent:
        return CustomerContract.objects.none()
    if viewer.is_system or can_administer(viewer):
        return CustomerContract.objects.all()
    return CustomerContract.objects.filter(organisation__in=visible_organisations(viewer))


def can_keep_customer_contracts(viewer: Viewer) -> bool:
    """Administrators: a contract decides which agreement counts."""
    return viewer.is_system or can_administer(viewer)
