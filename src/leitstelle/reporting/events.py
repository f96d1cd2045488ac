"""What happened to the settings of the figures."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class OverviewSettingsChanged(EventData):
    """Subject: overview_settings 1. Which settings changed, and whether persons are shown now."""

    code: ClassVar[str] = "overview_settings.changed"
    fields: tuple[str, ...]
    show_people: bool
