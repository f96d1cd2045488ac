"""Who may see and change categories and scales."""

from django.db.models import QuerySet

from leitstelle.accounts.policies import can_administer
from leitstelle.catalog.models import Category, PriorityModifier, Service
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer


def visible_categories(viewer: Viewer) -> QuerySet[Category]:
    """Administrators all; everybody else those in use, requesters included: the portal offers them."""
    if can_administer(viewer):
        return Category.objects.all()
    return Category.objects.filter(is_active=True)


def can_edit_catalog(viewer: Viewer) -> bool:
    """Administrators only."""
    return can_administer(viewer)


def require_editor(viewer: Viewer) -> None:
    """Raise `NotAllowed` for whoever may not edit categories and scales."""
    if not can_edit_catalog(viewer):
        raise NotAllowed


def visible_modifiers(viewer: Viewer) -> QuerySet[PriorityModifier]:
    """Administrators keep them; others read of them in the reason of a priority only."""
    return PriorityModifier.objects.all() if can_administer(viewer) else PriorityModifier.objects.none()


def visible_services(viewer: Viewer) -> QuerySet[Service]:
    """Administrators all; agents those in use; requesters none: what they write about is the desk's to sort."""
    if can_administer(viewer):
        return Service.objects.all()
    return Service.objects.filter(is_active=True) if viewer.is_agent else Service.objects.none()
