"""Schemes of levels: the shipped ones, and a house's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import ProtectedError

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.choices import SHIPPED_SCHEMES, LevelRight, LevelSight
from leitstelle.accounts.errors import StillInUse
from leitstelle.accounts.events import (
    DefaultLevelSchemeChosen,
    LevelRightsChanged,
    LevelSchemeChanged,
    LevelSchemeCreated,
)
from leitstelle.accounts.models import Level, LevelScheme
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class LevelInput:
    """One level; its place in the list is its order. `key` is fixed once it exists, empty for new ones."""

    name_de: str
    name_en: str = ""
    short: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class SchemeInput:
    """A scheme with all its levels, from where tickets arrive to the last resort."""

    name_de: str
    name_en: str = ""
    levels: Sequence[LevelInput] = ()


@unit
def ensure_level_schemes(*, now: datetime, by: Viewer | None = None) -> LevelScheme:
    """Store the shipped schemes (three levels; Frontdesk and Backdesk) where missing; return the default.

    Leaves what is there alone. Three levels are the default as long as nobody chose. Event
    `level_scheme.created` each.
    """
    by = by or Viewer.system()
    policies.require(policies.can_administer(by))
    known = set(LevelScheme.objects.values_list("key", flat=True))
    for key, name_de, name_en, levels in SHIPPED_SCHEMES:
        if key not in known:
            shipped = [LevelInput(key=k, name_de=de, name_en=en, short=short) for k, de, en, short in levels]
            _create(key, SchemeInput(name_de=name_de, name_en=name_en, levels=shipped), by=by, now=now)
    default = LevelScheme.objects.filter(is_default=True).first()
    if default is None:
        default = LevelScheme.objects.get(key=SHIPPED_SCHEMES[0][0])
        LevelScheme.objects.filter(pk=default.pk).update(is_default=True)
        default.refresh_from_db()
    return default


@unit
def create_level_scheme(new: SchemeInput, *, by: Viewer, now: datetime) -> LevelScheme:
    """Store a house's own scheme. Administrators only. Event `level_scheme.created`.

    Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require(policies.can_administer(by))
    # "new" is the address of the form for a new scheme.
    taken = {"new", *LevelScheme.objects.values_list("key", flat=True)}
    return _create(rules.free_key(new.name_en or new.name_de, taken), new, by=by, now=now)


def _create(key: str, new: SchemeInput, *, by: Viewer, now: datetime) -> LevelScheme:
    _check(new)
    scheme = LevelScheme.objects.create(key=key, **_names(new))
    _write_levels(scheme, new.levels)
    _record(LevelSchemeCreated(key=key), scheme, by=by, now=now)
    return scheme


@unit
def edit_level_scheme(scheme: LevelScheme, new: SchemeInput, *, by: Viewer, now: datetime) -> LevelScheme:
    """Rename a scheme, and rename, add, reorder and remove its levels. Administrators only.

    Event `level_scheme.changed`. Raises `NotAllowed`, `InvalidInput`; `StillInUse` where a team or a
    ticket stands on a level that is to go.
    """
    policies.require(policies.can_administer(by))
    _check(new)
    before = _state(scheme)
    LevelScheme.objects.filter(pk=scheme.pk).update(**_names(new))
    _write_levels(scheme, new.levels)
    scheme.refresh_from_db()
    after = _state(scheme)
    changed = tuple(name for name in after if after[name] != before[name])
    if changed:
        _record(LevelSchemeChanged(fields=changed), scheme, by=by, now=now)
    return scheme


@unit
def choose_default_level_scheme(scheme: LevelScheme, *, by: Viewer, now: datetime) -> LevelScheme:
    """Make it the scheme of every organisation that has none of its own. Administrators only.

    Event `level_scheme.default_chosen`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    previous = LevelScheme.objects.filter(is_default=True).exclude(pk=scheme.pk).first()
    LevelScheme.objects.exclude(pk=scheme.pk).update(is_default=False)
    if LevelScheme.objects.filter(pk=scheme.pk, is_default=False).update(is_default=True):
        data = DefaultLevelSchemeChosen(previous_id=previous.pk if previous else None)
        _record(data, scheme, by=by, now=now)
    scheme.refresh_from_db()
    return scheme


@unit
def set_level_rights(
    level: Level, *, sees: LevelSight, withheld: Iterable[LevelRight], by: Viewer, now: datetime
) -> Level:
    """Say what a level sees and what it may not do. Administrators only. Event `level_scheme.rights_changed`.

    Counts for agents who work on such levels only, at once. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    values = {"sees": str(sees), "withheld": sorted(str(right) for right in withheld)}
    level.refresh_from_db()
    if all(getattr(level, name) == value for name, value in values.items()):
        return level
    Level.objects.filter(pk=level.pk).update(**values)
    level.refresh_from_db()
    data = LevelRightsChanged(level_id=level.pk, sees=level.sees, withheld=tuple(level.withheld))
    _record(data, level.scheme, by=by, now=now)
    return level


def _check(new: SchemeInput) -> None:
    if not rules.clean_name(new.name_de) and not rules.clean_name(new.name_en):
        raise InvalidInput(fields={"name_de": labels.MISSING_NAME})
    if not new.levels:
        raise InvalidInput(fields={"levels": labels.AT_LEAST_ONE_LEVEL})
    for place, level in enumerate(new.levels):
        if not rules.clean_name(level.name_de) and not rules.clean_name(level.name_en):
            raise InvalidInput(fields={f"levels-{place}": labels.MISSING_NAME})


def _names(new: SchemeInput) -> dict[str, str]:
    german, english = rules.clean_name(new.name_de, limit=80), rules.clean_name(new.name_en, limit=80)
    return {"name_de": german or english, "name_en": english or german}


def _write_levels(scheme: LevelScheme, levels: Sequence[LevelInput]) -> None:
    kept = {level.key: level for level in scheme.levels.all()}
    taken = set(kept)
    keys: list[str] = []
    for level in levels:
        key = level.key if level.key in kept or (level.key and not kept) else ""
        keys.append(key or rules.free_key(level.name_en or level.name_de, taken))
        taken.add(keys[-1])
    try:
        scheme.levels.exclude(key__in=keys).delete()
    except ProtectedError as error:
        raise StillInUse from error
    # Orders are unique: everything moves out of the way first.
    for place, row in enumerate(scheme.levels.order_by("-order")):
        Level.objects.filter(pk=row.pk).update(order=1000 - place)
    for place, (key, level_input) in enumerate(zip(keys, levels, strict=True), start=1):
        _write_level(scheme, key, place, level_input)


def _write_level(scheme: LevelScheme, key: str, place: int, level: LevelInput) -> None:
    german, english = rules.clean_name(level.name_de, limit=60), rules.clean_name(level.name_en, limit=60)
    Level.objects.update_or_create(
        scheme=scheme,
        key=key,
        defaults={
            "order": place,
            "name_de": german or english,
            "name_en": english or german,
            "short": rules.clean_name(level.short, limit=4) or f"L{place}",
        },
    )


def _state(scheme: LevelScheme) -> dict[str, object]:
    scheme.refresh_from_db()
    columns = ("order", "key", "name_de", "name_en", "short")
    return {
        "name_de": scheme.name_de,
        "name_en": scheme.name_en,
        "levels": list(scheme.levels.values_list(*columns)),
    }


def _record(data: EventData, scheme: LevelScheme, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("level_scheme", scheme.pk), actor=by.actor, at=now)
