"""Who may see and change categories and scales."""

from django.db.models import QuerySet

from leitstelle.accounts.policies import can_administer
from leitstelle.catalog.models import Category
from leitstelle.kernel.viewer import Viewer


def visible_categories(viewer: Viewer) -> QuerySet[Category]:
    """Administrators all; everybody else those in use, requesters included: the portal offers them."""
    if can_administer(viewer):
        return Category.objects.all()
    return Category.objects.filter(is_active=True)


def can_edit_catalog(viewer: Viewer) -> bool:
    """Administrators only."""
    return can_administer(viewer)
