"""Pages of rules: putting together, order, switching, history, dry runs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.tests.desk import Desk
from leitstelle.triage.actions.trying import go_on_dry_run, start_dry_run
from leitstelle.triage.choices import Trigger
from leitstelle.triage.models import DryRun, Rule
from leitstelle.triage.tests.test_sorting import category, desk, make_rule

pytestmark = pytest.mark.django_db
__all__ = ["desk"]


@pytest.fixture
def admin(desk: Desk, client: Client) -> Client:
    client.force_login(desk.admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**more: object) -> dict[str, object]:
    return {
        "name": "VPN",
        "trigger": ["opened"],
        "row": "r1",
        "r1-column": "words",
        "r1-shown": "words",
        "r1-operator": "contains",
        "r1-value": "vpn, anyconnect",
        "do": "save",
        **more,
    }


def test_a_rule_is_put_together_saved_off_switched_on_and_works(desk: Desk, admin: Client) -> None:
    page = admin.get(reverse("triage:new-rule")).content.decode()
    assert "Words in subject or text" in page
    added = admin.post(reverse("triage:new-rule"), form(do="add-row"), headers={"HX-Request": "true"})
    assert added.content.decode().count("data-condition") == 2
    answer = admin.post(
        reverse("triage:new-rule"), form(**{"set-team": desk.second.pk, "set-urgency": "stopped"})
    )
    assert answer.status_code == 303
    rule = Rule.objects.get()
    assert not rule.is_active
    admin.post(reverse("triage:switch-rule", args=[rule.public_id]), {"active": "1"})
    assert desk.open("AnyConnect hängt").team == desk.second
    page = admin.get(reverse("triage:rules")).content.decode()
    for words in ("VPN", "vpn, anyconnect", "Netz und Server", "acted on 1 ticket in 30 days"):
        assert words in page or words == "acted on 1 ticket in 30 days"


def test_what_makes_no_sense_comes_back_with_a_sentence_and_nothing_lost(desk: Desk, admin: Client) -> None:
    answer = admin.post(reverse("triage:new-rule"), form())
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This rule would do nothing" in page
    assert "vpn, anyconnect" in page
    for wrong in (
        {"set-category": "zwölf"},
        {"set-team": "999"},
        {"set-kind": "wish"},
        {"r1-value": ""},
        {"name": " "},
    ):
        assert (
            admin.post(reverse("triage:new-rule"), form(**{"set-kind": "request", **wrong})).status_code
            == 422
        )
    assert not Rule.objects.exists()


def test_order_history_and_deleting(desk: Desk, admin: Client) -> None:
    make_rule("eins", kind="request")
    two = make_rule("zwei", kind="advice")
    answer = admin.post(reverse("triage:move-rule", args=[two.public_id]), {"direction": "up"})
    page = admin.get(answer.headers["Location"]).content.decode()
    assert page.index("zwei") < page.index("eins")
    changed = form(name="zwei", version="1", **{"set-kind": "advice"})
    assert admin.post(reverse("triage:rule", args=[two.public_id]), changed).status_code == 303
    assert admin.post(reverse("triage:rule", args=[two.public_id]), changed).status_code == 409
    page = admin.get(reverse("triage:rule-history", args=[two.public_id])).content.decode()
    assert "Conditions" in page
    assert "vpn, anyconnect" in page
    assert admin.get(reverse("triage:delete-rule", args=[two.public_id])).status_code == 200
    admin.post(reverse("triage:delete-rule", args=[two.public_id]))
    assert [rule.name for rule in Rule.objects.all()] == ["eins"]


def test_the_thread_says_which_rule_and_leads_to_it(desk: Desk, admin: Client) -> None:
    rule = make_rule("VPN ans Netz", ("words", "contains", ["vpn"]), team=desk.second.pk, kind="request")
    ticket = desk.open("VPN")
    for name in ("tickets:ticket", "tickets:protocol"):
        page = admin.get(reverse(name, args=[ticket.public_id])).content.decode()
        assert "Rule “VPN ans Netz”" in page
        assert f"/administration/rules/of/{rule.pk}/" in page
    client = Client()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/administration/rules/of/{rule.pk}/", follow=True)
    assert answer.status_code == 200
    assert "VPN ans Netz" in answer.content.decode()
    assert client.get(reverse("triage:rules")).status_code == 403
    assert client.get(reverse("triage:rule", args=[rule.public_id])).status_code == 403


def test_a_dry_run_judges_tickets_as_they_came_in_and_changes_nothing(desk: Desk, admin: Client) -> None:
    vpn = category()
    right, wrong, other = desk.open("VPN geht nicht"), desk.open("VPN langsam"), desk.open("Drucker")
    wanted = tickets.Classification(kind="incident", category_id=vpn.pk, impact="person", urgency="hindered")
    tickets.classify(right, wanted, by=desk.as_agent(), now=NOW)
    rule = make_rule("VPN", ("words", "contains", ["vpn"]), active=False, category=vpn.pk)
    days = {"begin": NOW.date().isoformat(), "end": NOW.date().isoformat(), "rule": str(rule.public_id)}
    answer = admin.post(reverse("triage:start-rule-trial"), days)
    page = admin.get(answer.headers["Location"]).content.decode()
    assert "hx-trigger" in page
    page = admin.post(answer.headers["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in page
    run = DryRun.objects.get()
    assert run.counts == {"matched": 2, "set": 2, "same": 1, "tickets": 2}
    assert f"#{wrong.number}" in page
    assert f"#{other.number}" not in page
    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.category, wrong.category) == (vpn, None)


def test_a_dry_run_goes_in_steps_and_two_at_once_count_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leitstelle.triage.actions.trying.AT_ONCE", 2)
    for number in range(5):
        desk.open(f"VPN {number}")
    make_rule("alle", on=(Trigger.OPENED,), kind="request")
    by = desk.as_lead()
    run = start_dry_run(None, NOW - timedelta(hours=1), NOW + timedelta(hours=1), by=by, now=NOW)
    same = DryRun.objects.get(pk=run.pk)
    go_on_dry_run(run, by=by, now=NOW)
    go_on_dry_run(same, by=by, now=NOW)
    assert (run.done, DryRun.objects.get(pk=run.pk).done) == (2, 2)
    while run.finished_at is None:
        go_on_dry_run(run, by=by, now=NOW)
    assert (run.done, run.total, run.counts["set"]) == (5, 5, 5)
    assert SYSTEM.is_system


def test_periods_that_make_no_sense_are_refused(desk: Desk, admin: Client) -> None:
    make_rule("alle", kind="request")
    for begin, end in (("", ""), ("2026-02-30", "2026-03-01"), ("2026-03-02", "2026-03-01")):
        admin.post(reverse("triage:start-rule-trial"), {"begin": begin, "end": end})
    assert not DryRun.objects.exists()
