"""How far the statistics may go, per field."""

from datetime import datetime

from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.triage.choices import FIELDS, PRECISIONS, Matter
from leitstelle.triage.events import FieldSettingChanged
from leitstelle.triage.models import FieldSetting
from leitstelle.triage.policies import can_tune
from leitstelle.triage.rules.deciding import Rein

KIND = "triage_setting"


@unit()
def tune_field(field: Matter, rein: Rein, *, by: Viewer, now: datetime, expected: int | None = None) -> None:
    """Set what the statistics may do with a field. Administrators. Records `FieldSettingChanged`.

    `expected` is the version the person saw (0: there was no row). Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    if not can_tune(by):
        raise NotAllowed()
    if field not in FIELDS or rein.precision not in PRECISIONS or not 1 <= rein.suggest_from <= 95:
        raise InvalidInput()
    row, _created = FieldSetting.objects.get_or_create(field=field, defaults={"version": 0})
    seen = row.version if expected is None else expected
    values = {
        "is_on": rein.is_on,
        "decides": rein.decides,
        "precision": rein.precision,
        "suggest_from": rein.suggest_from,
    }
    if not FieldSetting.objects.filter(field=field, version=seen).update(**values, version=seen + 1):
        raise Conflict(theirs={}, ours=values)
    subject = Subject(KIND, FIELDS.index(field) + 1)
    data = FieldSettingChanged(
        field=field,
        is_on=rein.is_on,
        decides=rein.decides,
        precision=rein.precision,
        suggest_from=rein.suggest_from,
    )
    record(data, subject=subject, actor=by.actor, at=now)
