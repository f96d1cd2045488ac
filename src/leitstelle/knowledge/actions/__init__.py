"""Every write of knowledge."""

from leitstelle.knowledge.actions.defaults import ensure_defaults, shipped_sources
from leitstelle.knowledge.actions.guides import (
    change_guide,
    count_helped,
    create_guide,
    export_guide,
    import_guide,
    publish_guide,
    restore_guide,
    retire_guide,
)

__all__ = [
    "change_guide",
    "count_helped",
    "create_guide",
    "ensure_defaults",
    "export_guide",
    "import_guide",
    "publish_guide",
    "restore_guide",
    "retire_guide",
    "shipped_sources",
]
