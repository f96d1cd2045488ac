"""Who may see and keep guides."""

from django.db.models import QuerySet

from leitstelle.accounts.policies import may_write
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.models import Guide


def can_keep_guides(viewer: Viewer) -> bool:
    """Leads and administrators keep the guides."""
    return viewer.is_system or (viewer.is_agent and may_write(viewer) and (viewer.is_lead or viewer.is_admin))


def visible_guides(viewer: Viewer) -> QuerySet[Guide]:
    """Who keeps guides sees all; everybody else those in force, guests included: the portal offers them."""
    if can_keep_guides(viewer):
        return Guide.objects.all()
    return Guide.objects.filter(is_active=True, published__gt=0)
