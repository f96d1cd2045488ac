"""The telephone system of the demo company, and some calls of the last hours."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from leitstelle.config.demo.company import Company
from leitstelle.intake.actions.callbacks import follow_up_call
from leitstelle.intake.actions.telephony import Request, apply_request, keep_request
from leitstelle.intake.actions.telephony_sources import TelephonySourceInput, create_source, set_line
from leitstelle.intake.choices import TelephonyEventState, TelephonyKind
from leitstelle.intake.models import TelephonySource
from leitstelle.kernel.viewer import Viewer

DESK, FIRST_EXTENSION = "desk", 21
OWN_NUMBER = "+49 40 5550 0"
# Minutes ago, the caller among those of the customer, and how many minutes were spoken; none: nobody answered.
CALLS = ((340, 0, 6), (285, 3, 4), (210, 1, 11), (160, 5, 3), (95, 2, 0), (70, 4, 8), (25, 6, 0))


def connect_telephones(company: Company, *, now: datetime) -> None:
    """Create the source with an extension for everybody of the first team, and let it tell of some calls."""
    by = Viewer.system()
    team = company.teams[DESK]
    new = TelephonySourceInput(name="Telefonanlage Hamburg", kind=TelephonyKind.GENERIC, team=team)
    source = create_source(new, by=by, now=now)
    for place, key in enumerate(company.agents_of(DESK)):
        line = str(FIRST_EXTENSION + place)
        set_line(source, line, person=company.people[key], team=None, by=by, now=now)
    set_line(source, OWN_NUMBER, person=None, team=team, by=by, now=now)
    numbers = _numbers(company)
    for place, (ago, caller, minutes) in enumerate(CALLS):
        if caller < len(numbers):
            _call(source, f"demo-{place}", numbers[caller], now - timedelta(minutes=ago), minutes)


def _numbers(company: Company) -> list[str]:
    """Numbers of people who report things, one each."""
    keys = [one["key"] for one in company.data["people"] if not one.get("agent") and one["phones"]]
    return [str(company.person_data(key)["phones"][0]) for key in keys]


def _call(source: TelephonySource, call_id: str, number: str, begin: datetime, minutes: int) -> None:
    sent = {"callId": call_id, "direction": "in", "from": number, "to": OWN_NUMBER, "userId": FIRST_EXTENSION}
    answers, ended = begin + timedelta(seconds=12), begin + timedelta(minutes=minutes, seconds=40)
    steps = [("newCall", begin), *([("answer", answers)] if minutes else []), ("hangup", ended)]
    for event, at in steps:
        body = urlencode(
            {**sent, "event": event, "cause": "normalClearing" if minutes else "cancel"}
        ).encode()
        request = Request(
            method="POST", content_type="application/x-www-form-urlencoded", query="", body=body
        )
        told = apply_request(keep_request(source, request, state=TelephonyEventState.KEPT, now=at), source)
    if told.call is not None:
        follow_up_call(told.call, now=ended)
