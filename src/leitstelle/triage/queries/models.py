"""Which model counts, and what the house allows it."""

from leitstelle.kernel.kept import kept
from leitstelle.triage.choices import FIELDS, UNDECIDED, Matter
from leitstelle.triage.models import FieldResult, FieldSetting, ModelVersion
from leitstelle.triage.rules.deciding import Rein


def current_model() -> ModelVersion | None:
    """Return the version in use."""
    return ModelVersion.objects.filter(is_current=True).select_related("blob").first()


def results_of(version: ModelVersion) -> dict[str, FieldResult]:
    """Return what a version achieved, by field."""
    return {result.field: result for result in version.results.all()}


@kept("triage_setting")
def reins() -> dict[Matter, Rein]:
    """Return what the house allows, by field."""
    rows = {row.field: row for row in FieldSetting.objects.all()}
    return {field: rein_of(rows.get(field) or untouched(field)) for field in FIELDS}


def untouched(field: Matter) -> FieldSetting:
    """Return the setting, not stored, of a field that nobody has set."""
    return FieldSetting(field=field, decides=field not in UNDECIDED, version=0)


def rein_of(row: FieldSetting) -> Rein:
    """Return a setting as the rules know it."""
    return Rein(row.is_on, row.decides, row.precision, row.suggest_from)
