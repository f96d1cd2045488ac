"""Who reads the overview of the teams, and who says what it shows."""

from leitstelle.accounts.policies import can_administer
from leitstelle.kernel.viewer import Viewer


def can_lead(viewer: Viewer) -> bool:
    """Leads and administrators; each sees only the tickets they may see."""
    return viewer.is_agent and (viewer.is_lead or viewer.is_admin)


def can_set_overview(viewer: Viewer) -> bool:
    """Administrators only."""
    return can_administer(viewer)
