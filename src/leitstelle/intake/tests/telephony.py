"""What telephony tests share: a source with lines, and calls as they come in."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.intake.actions.telephony_sources import (
    TelephonySourceInput,
    create_source,
    make_secret,
    set_line,
)
from leitstelle.intake.choices import TelephonyKind
from leitstelle.intake.models import PhoneCall, TelephonySource

CALLER = "493012345617"  # as sipgate.io writes +49 30 123456-17


@dataclass
class Switchboard:
    """A telephone system that speaks to the hook."""

    source: TelephonySource
    secret: str
    client: Client

    @property
    def path(self) -> str:
        return f"/hooks/telephony/{self.source.public_id}/"

    def send(self, event: str, call_id: str = "c1", /, **more: object) -> Any:
        """Send one event of an incoming call of `CALLER` at extension 21, unless `more` says otherwise."""
        sent: dict[str, object] = {"event": event, "callId": call_id, "direction": "in", "from": CALLER}
        sent |= {"to": "4940555000", "userId[]": ["21"]} | more
        body = urlencode(sent, doseq=True)
        return self.post(body)

    def post(self, body: str | bytes, content_type: str = "application/x-www-form-urlencoded") -> Any:
        return self.client.post(
            self.path, body, content_type, headers={"authorization": f"Bearer {self.secret}"}
        )

    def call(self, call_id: str = "c1") -> PhoneCall:
        return PhoneCall.objects.get(source=self.source, external_id=call_id)


def switchboard(
    agent: Person, team: Team | None = None, *, kind: str = TelephonyKind.GENERIC, name: str = "Zentrale"
) -> Switchboard:
    new = TelephonySourceInput(name=name, kind=kind, team=team)
    source = create_source(new, by=SYSTEM, now=NOW)
    secret = make_secret(source, by=SYSTEM, now=NOW)
    set_line(source, "21", person=agent, team=None, by=SYSTEM, now=NOW)
    return Switchboard(source, secret, Client())
