"""Reads of customers' contracts: the newest versions, and covers for the rules."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leitstelle.accounts.queries import house_facts
from leitstelle.catalog.models import Category
from leitstelle.contracts.labels import OPEN_END
from leitstelle.contracts.models import CustomerContract, CustomerContractVersion
from leitstelle.contracts.rules.coverage import Cover, Term
from leitstelle.kernel.web.formats import day


def category_paths() -> dict[str, str]:
    """Return the branch of every category as the ids from the root to it, e.g. `"4.17"`; one query."""
    parents: dict[int, int | None] = dict(Category.objects.values_list("pk", "parent_id"))
    paths: dict[str, str] = {}
    for pk in parents:
        branch, above = [pk], parents[pk]
        while above is not None:
            branch.insert(0, above)
            above = parents[above]
        paths[str(pk)] = ".".join(map(str, branch))
    return paths


def branches_of(category_ids: Iterable[int]) -> tuple[str, ...]:
    """Return the branches of categories; no query where there are none."""
    ids = list(category_ids)
    if not ids:
        return ()
    paths = category_paths()
    return tuple(paths[str(pk)] for pk in ids if str(pk) in paths)


def newest_versions(contracts: Iterable[CustomerContract]) -> dict[int, CustomerContractVersion]:
    """Return the newest version by contract, with its categories; two queries for all."""
    rows = CustomerContractVersion.objects.filter(contract__in=[one.pk for one in contracts])
    return {row.contract_id: row for row in rows.order_by("number").prefetch_related("categories")}


def covers_of(contract_ids: Iterable[int]) -> dict[int, Cover]:
    """Return contracts with all their versions as values; no query where none is asked for."""
    ids = set(contract_ids)
    if not ids:
        return {}
    rows = CustomerContractVersion.objects.filter(contract__in=ids).order_by("contract", "number")
    versions = list(rows.select_related("contract").prefetch_related("categories"))
    paths = category_paths() if any(one.categories.all() for one in versions) else {}
    terms: dict[int, list[Term]] = {}
    labels: dict[int, str] = {}
    for one in versions:
        labels[one.contract_id] = str(one.contract)
        branches = tuple(paths[str(row.pk)] for row in one.categories.all())
        terms.setdefault(one.contract_id, []).append(_term(one, branches))
    return {pk: Cover(pk, labels[pk], tuple(own)) for pk, own in terms.items()}


def day_words(value: date | None) -> str:
    """A day in the reader's language, "further notice" for none."""
    return day(value) if value else str(OPEN_END)


def _term(version: CustomerContractVersion, branches: tuple[str, ...]) -> Term:
    ends = _midnight(version.valid_until + timedelta(days=1)) if version.valid_until else None
    return Term(
        version.recorded_at,
        _midnight(version.valid_from),
        ends,
        version.valid_from,
        version.valid_until,
        branches,
    )


def _midnight(of: date) -> datetime:
    """When a day of the house begins."""
    return datetime.combine(of, time(), ZoneInfo(house_facts().time_zone))
