"""The form of a call, begun from a call that a telephone system told of."""

from uuid import UUID

from leitstelle.accounts.rules import format_phone
from leitstelle.intake.forms.calls import LOCAL_MINUTE
from leitstelle.intake.models import PhoneCall
from leitstelle.intake.policies import visible_phone_calls
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import local


def phone_call_named(viewer: Viewer, text: str) -> PhoneCall | None:
    """Return the visible call with this public id, `None` for anything else."""
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    return visible_phone_calls(viewer).select_related("person").filter(public_id=wanted).first()


def prefilled(viewer: Viewer, text: str, *, person: str) -> dict[str, str]:
    """Return what the form begins with: the call, its time, and who it is as far as known. `person` counts before."""
    call = phone_call_named(viewer, text)
    if call is None:
        return {}
    began = call.answered_at or call.started_at
    values = {
        "phone_call": str(call.public_id),
        "opened": began.isoformat(),
        "started": f"{local(began):{LOCAL_MINUTE}}",
    }
    if call.ended_at is not None and call.answered_at is not None:
        values["minutes"] = str(max(1, round((call.ended_at - call.answered_at).total_seconds() / 60)))
    if person:
        return values
    if call.person is not None:
        return values | {"person": str(call.person.pk), "who": call.person.display_name}
    return values | ({"who": format_phone(call.number)} if call.number else {})
