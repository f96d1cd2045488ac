"""Every write of the catalogue, one verb per intent."""

from leitstelle.catalog.actions.categories import (
    CategoryInput,
    create_category,
    deactivate_category,
    edit_category,
    move_category,
    reactivate_category,
)
from leitstelle.catalog.actions.defaults import ensure_defaults
from leitstelle.catalog.actions.modifiers import (
    ModifierInput,
    create_modifier,
    edit_modifier,
    move_modifier,
)
from leitstelle.catalog.actions.priorities import reset_priority_matrix, set_priority_matrix
from leitstelle.catalog.actions.services import ServiceInput, create_service, edit_service

__all__ = [
    "CategoryInput",
    "ModifierInput",
    "ServiceInput",
    "create_category",
    "create_modifier",
    "create_service",
    "deactivate_category",
    "edit_category",
    "edit_modifier",
    "edit_service",
    "ensure_defaults",
    "move_category",
    "move_modifier",
    "reactivate_category",
    "reset_priority_matrix",
    "set_priority_matrix",
]
