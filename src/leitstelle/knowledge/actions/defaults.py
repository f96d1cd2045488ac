"""Storing the shipped guides."""

from datetime import datetime
from functools import cache
from importlib.resources import files

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge.events import GuidesShipped
from leitstelle.knowledge.models import Guide, GuideVersion
from leitstelle.knowledge.policies import can_keep_guides
from leitstelle.knowledge.rules.reading import read_guide


@unit
def ensure_defaults(now: datetime, *, by: Viewer | None = None) -> int:
    """Store and publish the shipped guides that are missing, and return how many that were.

    What a house changed or retired stays as it is. The product itself and who keeps guides. Records `GuidesShipped` if
    any was missing. Raises `NotAllowed`.
    """
    by = by or Viewer.system()
    if not can_keep_guides(by):
        raise NotAllowed
    known = set(Guide.objects.values_list("key", flat=True))
    missing = {key: source for key, source in shipped_sources().items() if key not in known}
    for source in missing.values():
        found = read_guide(source)
        guide = Guide.objects.create(
            key=found.key, title_de=found.title.de, title_en=found.title.en, draft=source, published=1
        )
        GuideVersion.objects.create(guide=guide, number=1, source=source, at=now)
    if missing:
        record(GuidesShipped(guides=len(missing)), subject=Subject("knowledge", 1), actor=by.actor, at=now)
    return len(missing)


@cache
def shipped_sources() -> dict[str, str]:
    """The texts of `shipped/*.yaml` by key, in the order of the keys."""
    found = files("leitstelle.knowledge").joinpath("shipped").iterdir()
    sources = [one.read_text(encoding="utf-8") for one in found if one.name.endswith(".yaml")]
    return {read_guide(source).key: source for source in sorted(sources)}
