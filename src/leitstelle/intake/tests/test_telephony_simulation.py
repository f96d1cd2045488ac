"""The simulator: what it sends is understood and proven for every kind."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leitstelle.intake.choices import PhoneStep, TelephonyKind
from leitstelle.intake.rules.telephony.fields import fields_of
from leitstelle.intake.rules.telephony.forms import call_event
from leitstelle.intake.rules.telephony.proof import is_proven
from leitstelle.intake.rules.telephony.simulation import Simulated, request_of, steps_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", TelephonyKind.values)
@pytest.mark.parametrize("is_answered", [True, False])
def test_every_kind_is_understood(kind: str, is_answered: bool) -> None:
    call = Simulated(
        kind=kind,
        call_id="c1",
        caller="+4930123456",
        called="+49405550",
        user="21",
        is_answered=is_answered,
        started=NOW,
    )
    for step in steps_of(call):
        sent = request_of(call, step, "secret", NOW)
        headers = {name.lower(): value for name, value in sent.headers.items()}
        assert is_proven(kind, "secret", sent.body, headers, sent.token)
        event = call_event(kind, fields_of(headers["content-type"], sent.body, ""))
        assert (event.step, event.remote) == (step, "+4930123456")
    assert (PhoneStep.ANSWERED in steps_of(call)) is (is_answered and kind != TelephonyKind.THREECX)
    assert steps_of(replace(call, is_answered=False))[-1] == PhoneStep.ENDED
