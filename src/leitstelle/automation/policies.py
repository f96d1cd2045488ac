"""Who may see and change webhooks: administrators."""

from django.db.models import QuerySet

from leitstelle.accounts.policies import can_administer
from leitstelle.automation.models import InboundHook, InboundHookQuerySet
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.viewer import Viewer


def visible_hooks(viewer: Viewer) -> InboundHookQuerySet:
    """Webhooks are set up by administrators; nobody else sees them or what they sent."""
    rows = InboundHook.objects.without_secrets()
    return rows if can_administer(viewer) else rows.none()


def visible_endpoints(viewer: Viewer) -> QuerySet[Endpoint]:
    """Endpoints without their keys: for administrators."""
    rows = Endpoint.objects.defer("key", "former_key")
    return rows if can_administer(viewer) else rows.none()


def require_administrator(viewer: Viewer) -> None:
    """Raise `NotAllowed` for everybody else."""
    if not can_administer(viewer):
        raise NotAllowed
