"""Pages of the category tree, the services, the priority matrix and what raises priorities."""

from leitstelle.catalog.views.categories import active, categories, category, move
from leitstelle.catalog.views.modifiers import modifier, modifiers, move_modifier
from leitstelle.catalog.views.priorities import preview, priorities, reset
from leitstelle.catalog.views.services import service, services

__all__ = [
    "active",
    "categories",
    "category",
    "modifier",
    "modifiers",
    "move",
    "move_modifier",
    "preview",
    "priorities",
    "reset",
    "service",
    "services",
]
