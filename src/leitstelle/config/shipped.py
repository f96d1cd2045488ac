"""Stores what every desk starts with: levels, service hours, categories, guides, statuses, the house's agreement.

Owns the order across domains. Each domain stores what is missing and leaves alone what is there, so this runs at every
start and brings new defaults with an update.
"""

from datetime import datetime

from leitstelle.accounts.actions import ensure_level_schemes
from leitstelle.assets import actions as assets
from leitstelle.calendars import actions as calendars
from leitstelle.calendars.queries import default_calendar
from leitstelle.catalog import actions as catalog
from leitstelle.kernel.kept import forget
from leitstelle.knowledge import actions as knowledge
from leitstelle.sla import actions as sla
from leitstelle.tickets import actions as tickets

HOUSE_AGREEMENT = "Standard"


def ensure_shipped(now: datetime) -> None:
    """Store the shipped defaults that are missing. `now` is aware."""
    ensure_level_schemes(now=now)
    calendars.ensure_defaults(now)
    assets.ensure_defaults(now)
    catalog.ensure_defaults(now)
    knowledge.ensure_defaults(now)
    tickets.ensure_defaults()
    sla.ensure_defaults(default_calendar(), name=HOUSE_AGREEMENT, now=now)
    forget()
