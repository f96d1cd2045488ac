"""Incoming webhooks: proof, one ticket a matter, repetition, what is over, and administration."""

import base64
import hmac
import json
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.automation.actions import HookInput, change_hook, create_hook, make_secret
from leitstelle.automation.actions.reports import keep_report, take_report
from leitstelle.automation.choices import ReportReason, ReportState
from leitstelle.automation.errors import HookNameTaken, MappingNotUsable
from leitstelle.automation.models import HookReport, InboundHook
from leitstelle.automation.policies import visible_hooks
from leitstelle.automation.rules.proof import OVERLAP
from leitstelle.automation.tasks import find_stranded, forget_reports
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import assign_ticket
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets, undo_merge
from leitstelle.tickets.choices import Audience, Channel, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

MAPPING = HookInput(
    name="Wächter",
    subject="{labels.alertname} auf {labels.host}",
    text="{annotations.summary}",
    matter="{fingerprint}",
    requester="{owner}",
    device="{labels.host}",
    only_when="severity != info",
    over_when="status = resolved",
    resolves=True,
)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.fixture
def hook(desk: Desk) -> tuple[InboundHook, str]:
    found = create_hook(MAPPING, by=SYSTEM, now=NOW)
    return found, make_secret(found, by=SYSTEM, now=NOW)


def report(**more: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "severity": "critical",
        "fingerprint": "f1",
        "labels": {"alertname": "DiskFull", "host": "db-01"},
        "annotations": {"summary": "97 % belegt"},
    } | more


def send(hook: tuple[InboundHook, str], sent: object, **headers: str) -> Any:
    wanted = {"authorization": f"Bearer {hook[1]}"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return Client().post(f"/hooks/reports/{hook[0].public_id}/", body, "application/json", headers=wanted)


def test_a_matter_has_one_ticket_while_it_is_open(hook: tuple[InboundHook, str], desk: Desk) -> None:
    opened = send(hook, report(owner="miriam.brandt@werk-nord.example"))
    ticket = Ticket.objects.get()
    assert opened.json() == {"state": "opened", "ticket": ticket.number}
    assert (ticket.subject, ticket.device_label) == ("DiskFull auf db-01", "db-01")
    assert (ticket.channel, ticket.requester) == (Channel.API, desk.requester)
    assert ticket.messages.get().body.text == "97 % belegt"
    assert send(hook, report(owner="x")).json()["state"] == "repeated"
    assert send(hook, report(annotations={"summary": "98 %"})).json() == {
        "state": "added",
        "ticket": ticket.number,
    }
    assert send(hook, report(fingerprint="f2")).json()["state"] == "opened"
    note = ticket.messages.latest("pk")
    assert (note.body.text, note.audience) == ("98 %", Audience.INTERNAL)
    assert Ticket.objects.count() == 2


def test_what_is_over_resolves_only_what_nobody_began(hook: tuple[InboundHook, str], desk: Desk) -> None:
    send(hook, report())
    send(hook, report(fingerprint="f2"))
    first, second = Ticket.objects.order_by("pk")
    assign_ticket(second, team=desk.first, to=desk.agent, by=as_agent(desk.lead), now=timezone.now())
    assert send(hook, report(status="resolved")).json()["state"] == "ended"
    assert send(hook, report(status="resolved", fingerprint="f2")).json()["state"] == "ended"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status_type == StatusType.RESOLVED
    assert second.status_type == StatusType.OPEN
    assert send(hook, report(status="resolved")).json() == {"state": "ignored"}
    assert send(hook, report()).json()["state"] == "opened"


def test_reports_follow_a_merged_ticket_and_come_back_with_it(
    hook: tuple[InboundHook, str], desk: Desk
) -> None:
    send(hook, report())
    own, other = Ticket.objects.get(), desk.open()
    merge = merge_tickets(own, other, MergePlan(), by=SYSTEM, now=timezone.now())
    more = send(hook, report(annotations={"summary": "98 %"}))
    assert more.json() == {"state": "added", "ticket": other.number}
    assert send(hook, report(status="resolved")).json() == {"state": "added", "ticket": other.number}
    other.refresh_from_db()
    assert other.status_type == StatusType.NEW, "it may be about more than this"
    undo_merge(merge, by=SYSTEM, now=timezone.now())
    assert send(hook, report(annotations={"summary": "99 %"})).json()["ticket"] == own.number
    assert own.messages.count() == 4
    assert Ticket.objects.count() == 2


def test_a_delivery_counts_once(hook: tuple[InboundHook, str]) -> None:
    for _time in range(2):
        answer = send(hook, report(fingerprint=""), x_github_delivery="72d3162e")
        assert answer.status_code == 200
    assert answer.json()["state"] == "repeated"
    assert Ticket.objects.count() == 1
    send(hook, report(fingerprint=""), x_github_delivery="another")
    assert Ticket.objects.count() == 2


def test_unwanted_and_unreadable_reports_are_kept_with_their_reason(hook: tuple[InboundHook, str]) -> None:
    assert send(hook, report(severity="info")).json() == {"state": "ignored"}
    assert send(hook, b"{not json").status_code == 422
    assert send(hook, {"severity": "low"}).status_code == 200
    assert list(HookReport.objects.order_by("pk").values_list("state", "reason")) == [
        (ReportState.IGNORED, ReportReason.NOT_WANTED),
        (ReportState.MALFORMED, ReportReason.NOT_JSON),
        (ReportState.OPENED, ""),
    ]
    assert Ticket.objects.get().subject == "auf"


def test_a_subject_is_needed(hook: tuple[InboundHook, str], desk: Desk) -> None:
    change_hook(hook[0], HookInput(name="Wächter", subject="{title}"), version=1, by=SYSTEM, now=NOW)
    answer = send(hook, {"other": 1})
    assert (answer.status_code, answer.json()) == (422, {"error": "no_subject"})
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    change_hook(hook[0], HookInput(name="Wächter", subject="{other}"), version=2, by=SYSTEM, now=NOW)
    path = f"/administration/incoming-webhooks/{hook[0].public_id}/reports/"
    admin.post(path, {"step": "again", "report": str(HookReport.objects.get().public_id)})
    assert Ticket.objects.get().subject == "1"
    admin.post(path, {"step": "again", "report": str(HookReport.objects.get().public_id)})
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer wrong"}, 403),
        ({"authorization": ""}, 403),
        ({"authorization": "", "x-hub-signature-256": "sha256=00"}, 403),
    ],
)
def test_without_proof_nothing_is_taken(
    hook: tuple[InboundHook, str], headers: dict[str, str], status: int
) -> None:
    assert send(hook, report(), **headers).status_code == status
    assert not Ticket.objects.exists()
    assert HookReport.objects.get().state == ReportState.REFUSED


def test_signatures_of_others_are_known(hook: tuple[InboundHook, str]) -> None:
    body, secret = json.dumps(report()).encode(), hook[1].encode()
    hub = hmac.new(secret, body, sha256).hexdigest()
    assert send(hook, body, authorization="", **{"x-hub-signature-256": f"sha256={hub}"}).status_code == 200
    for moment, status in ((int(time.time()), 200), (int(time.time()) - 3600, 403)):
        signed = hmac.new(secret, f"m1.{moment}.".encode() + body, sha256).digest()
        standard = {
            "webhook-id": "m1",
            "webhook-timestamp": str(moment),
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        assert send(hook, body, authorization="", **standard).status_code == status


def test_large_and_foreign_requests_are_refused(hook: tuple[InboundHook, str]) -> None:
    assert send(hook, b"{" + b" " * 300_000 + b"}").status_code == 413
    assert Client().get(f"/hooks/reports/{hook[0].public_id}/").status_code == 405
    change_hook(hook[0], HookInput(name="W", subject="x", is_active=False), version=1, by=SYSTEM, now=NOW)
    assert send(hook, report()).status_code == 404


def test_a_report_whose_process_died_is_taken_later(hook: tuple[InboundHook, str]) -> None:
    now = timezone.now()
    keep_report(hook[0], json.dumps(report()).encode(), now=now)
    assert find_stranded(now) == 0
    assert find_stranded(now + timedelta(minutes=3)) == 1
    assert Ticket.objects.count() == 1
    kept = HookReport.objects.get()
    assert take_report(kept, hook[0], now=now).state == ReportState.OPENED
    assert Ticket.objects.count() == 1
    assert forget_reports(now + timedelta(days=31)) == 1
    drain()


def test_only_administrators_set_webhooks_up(hook: tuple[InboundHook, str], desk: Desk) -> None:
    viewer = as_agent(desk.agent)
    assert not visible_hooks(viewer).exists()
    with pytest.raises(NotAllowed):
        create_hook(HookInput(name="Eigener", subject="x"), by=viewer, now=NOW)
    with pytest.raises(HookNameTaken):
        create_hook(MAPPING, by=SYSTEM, now=NOW)
    with pytest.raises(MappingNotUsable) as refused:
        create_hook(HookInput(name="Neu", subject="{a b}", only_when="x"), by=SYSTEM, now=NOW)
    assert set(refused.value.fields) == {"subject", "only_when"}
    with pytest.raises(Conflict):
        change_hook(hook[0], HookInput(name="Neu", subject="x"), version=7, by=SYSTEM, now=NOW)


def test_the_page_tries_a_mapping_without_opening_anything(hook: tuple[InboundHook, str], desk: Desk) -> None:
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    send(hook, report())
    path = f"/administration/incoming-webhooks/{hook[0].public_id}/reports/"
    assert "DiskFull auf db-01" in admin.get(path).text
    tried = admin.post(path, {"step": "try", "report": json.dumps(report(labels={"host": "web-7"}))})
    assert "auf web-7" in tried.text
    assert admin.post(path, {"step": "try", "report": "[]"}).status_code == 422
    made = admin.post(path, {"step": "secret"})
    assert made.status_code == 200
    assert "The secret was changed" in made.text
    assert send(hook, report(fingerprint="f9")).status_code == 200
    assert admin.post(path, {"step": "drop"}).status_code == 303
    assert "The secret was changed" not in admin.get(path).text
    assert send(hook, report(fingerprint="f10")).status_code == 403
    assert Ticket.objects.count() == 2


def test_the_secret_before_counts_for_a_while(hook: tuple[InboundHook, str]) -> None:
    found, first = hook
    second = make_secret(found, by=SYSTEM, now=NOW)
    assert found.secrets_at(NOW) == (second, first)
    assert found.secrets_at(NOW + OVERLAP) == (second,)
    third = make_secret(found, by=SYSTEM, now=NOW)
    assert found.secrets_at(NOW) == (third, second)
    assert InboundHook(name="Neu").secrets_at(NOW) == ()


def test_the_form_keeps_what_was_typed(desk: Desk) -> None:
    admin = Client()
    admin.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"name": "Uptime", "subject": "{monitor name}", "impact": "person", "urgency": "hindered"}
    refused = admin.post("/administration/incoming-webhooks/new/", sent)
    assert refused.status_code == 422
    assert "{monitor name}" in refused.text
    assert (
        admin.post("/administration/incoming-webhooks/new/", sent | {"subject": "{monitor.name}"}).status_code
        == 303
    )
    assert InboundHook.objects.get(name="Uptime").subject == "{monitor.name}"
