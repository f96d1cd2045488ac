"""Guides in force, read: by key, by the words somebody types, by the branch of the category tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F

from leitstelle.kernel.kept import kept
from leitstelle.kernel.search.linguistics import fold
from leitstelle.knowledge import models
from leitstelle.knowledge.models import GuideVersion
from leitstelle.knowledge.rules.fitting import fit, said_words
from leitstelle.knowledge.rules.guides import Guide
from leitstelle.knowledge.rules.reading import read_guide

# Shorter words ("an", "my") say nothing about a symptom.
SHORTEST = 3
# What desks are asked most, until a house knows better.
USUAL = ("password", "printer", "outlook", "no-network")


@dataclass(frozen=True)
class Offered:
    """A guide in the version that counts, or that a run began with."""

    id: int
    version_id: int
    number: int
    guide: Guide


@lru_cache(maxsize=256)
def read_stored(source: str) -> Guide:
    """A stored text, read; versions never change, so it is read once per process."""
    return read_guide(source)


def offered_of(version: GuideVersion) -> Offered:
    """The guide as one version has it."""
    return Offered(version.guide_id, version.pk, version.number, read_stored(version.source))


@kept("guide", "knowledge")
def guides_in_force() -> tuple[Offered, ...]:
    """Return what portal and desk offer, in the order of the keys; one query."""
    rows = GuideVersion.objects.filter(guide__is_active=True, number=F("guide__published"))
    return tuple(offered_of(row) for row in rows.order_by("guide__key"))


def guide_in_force(key: str) -> Offered | None:
    """Return the guide with this key where it is offered."""
    return next((one for one in guides_in_force() if one.guide.key == key), None)


def titled(guides: Iterable[Offered], language: str) -> list[Offered]:
    """Return guides as lists show them, by title in a language."""
    return sorted(guides, key=lambda one: fold(one.guide.title.of(language)))


def find_guides(text: str, language: str) -> list[Offered]:
    """Return the guides that fit what somebody types, best first: words of the title count most."""
    wanted = [word for word in fold(text[:200]).split()[:20] if len(word) >= SHORTEST]
    scored = [(_score(one.guide, wanted), one) for one in titled(guides_in_force(), language)]
    return [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score or not wanted]


def fitting_guides(text: str, language: str, area: str, first: Sequence[str], most: int) -> list[Offered]:
    """Return at most `most` guides to offer: what fits the words clearly, without words the `first` ones (keys), else
    those of the branch `area` of the category tree, else those that helped most often.
    """
    said = said_words(text)
    if said:
        scored = [(fit(one.guide, said), one) for one in titled(guides_in_force(), language)]
        best = max((score for score, _one in scored), default=0)
        # One word by the way is no fit beside a guide that three words lead to.
        close = [pair for pair in scored if pair[0] and 2 * pair[0] > best]
        return [one for _fit, one in sorted(close, key=lambda pair: -pair[0])[:most]]
    known = {one.guide.key: one for one in guides_in_force()}
    chosen = [known[key] for key in first if key in known] or (guides_of_area(area, language) if area else [])
    return (chosen or _helpful(known))[:most]


def _helpful(known: Mapping[str, Offered]) -> list[Offered]:
    helped: dict[str, int] = dict(models.Guide.objects.filter(is_active=True).values_list("key", "helped"))
    usual = {key: place for place, key in enumerate(USUAL)}
    keys = sorted(helped, key=lambda key: (-helped[key], usual.get(key, len(usual)), key))
    return [known[key] for key in keys if key in known]


def _score(guide: Guide, wanted: Iterable[str]) -> int:
    title = fold(f"{guide.title.de} {guide.title.en}")
    others = fold(guide.words)
    return sum(2 * (word in title) + (word in others) for word in wanted)


def guides_of_area(area: str, language: str) -> list[Offered]:
    """Return the guides whose outcome lies in a branch of the category tree (key of its root)."""
    return titled(
        (one for one in guides_in_force() if one.guide.outcome.category.split(".")[0] == area), language
    )
