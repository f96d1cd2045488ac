"""The pages and the API of merging: finding the other ticket, the preview, what is refused, and undoing."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.tickets import actions
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets
from leitstelle.tickets.models import BulkRun, Ticket, TicketMerge
from leitstelle.tickets.rules.bulk import BulkAction, Outcome
from leitstelle.tickets.rules.merging import MergeProblem, Party, apart_by_default, circle_of, problem
from leitstelle.tickets.tests.desk import Desk, make_desk


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(person: Person, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
    scopes = (TokenScope.READ, TokenScope.WRITE)
    _row, secret = accounts.create_api_token(person, "Test", scopes, by=SYSTEM, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}", **headers})
    url = f"/api/v1/{path}"
    answer = client.get(url) if body is None else client.post(url, json.dumps(body), "application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("source", "target", "apart"),
    [
        (Party(1, 7), Party(1, 7), False),
        (Party(1, 7), Party(2, 7), False),
        (Party(1, 7), Party(2, 8), True),
        (Party(1, None), Party(2, None), True),
        (Party(None, 7), Party(2, 8), False),
    ],
)
def test_strangers_are_kept_apart_unless_somebody_says_so(source: Party, target: Party, apart: bool) -> None:
    assert apart_by_default(source, target) is apart


def test_why_two_cannot_be_merged() -> None:
    assert problem(1, 1, {}) is MergeProblem.ITSELF
    assert problem(1, 2, {1: 3}) is MergeProblem.MERGED_AWAY
    assert problem(1, 2, {2: 3}) is MergeProblem.MERGED_AWAY
    assert problem(1, 2, {2: 3, 3: 1}) is MergeProblem.CIRCULAR
    assert problem(1, 2, {3: 2, 4: 1}) is None


def test_the_first_that_is_kept_apart_says_who_reads() -> None:
    into = {1: 2, 2: 3}
    assert circle_of(1, into, {1: True, 2: True}) == 1
    assert circle_of(1, into, {2: True}) == 2
    assert circle_of(1, into, {}) is None


def test_from_finding_the_other_one_to_undoing(desk: Desk) -> None:
    source, target = desk.open("Drucker streikt"), desk.open("Drucker druckt nicht")
    client = signed_in(desk.agent)
    page = client.get(f"/tickets/{source.public_id}/").text
    choose = reverse("tickets:merge-choose", args=[source.public_id])
    assert choose in page
    assert f"#{target.number}" in client.get(choose).text, "open tickets of the same requester come first"
    found = client.get(choose, {"q": f"#{target.number}"}).text
    address = reverse("tickets:merge", args=[source.public_id, target.public_id])
    assert address in found
    preview = client.get(address).text
    assert "Who reads what afterwards" not in preview, "the same person"
    data = {"source_version": source.status_version, "target_version": target.status_version}
    answer = client.post(address, {**data, "reason": "Dasselbe"})
    assert (answer.status_code, answer["Location"]) == (303, f"/tickets/{target.public_id}/")
    moved = client.get(f"/tickets/{source.public_id}/")
    assert moved["Location"] == f"/tickets/{target.public_id}/"
    record = TicketMerge.objects.get()
    assert (record.reason, record.by) == ("Dasselbe", desk.agent)
    shown = client.get(f"/tickets/{target.public_id}/").text
    for text in (f"merged #{source.number} into #{target.number}", "Merged into this ticket"):
        assert text in shown
    detail = reverse("tickets:merge-record", args=[record.public_id])
    assert "Dasselbe" in client.get(detail).text
    answer = client.post(reverse("tickets:merge-undo", args=[record.public_id]))
    assert answer["Location"] == f"/tickets/{source.public_id}/"
    assert client.get(f"/tickets/{source.public_id}/").status_code == 200
    assert "undid the merge" in client.get(f"/tickets/{target.public_id}/").text
    again = client.post(reverse("tickets:merge-undo", args=[record.public_id]))
    assert again["Location"] == detail


def test_who_reads_what_is_chosen_and_named(desk: Desk) -> None:
    source, target = desk.open(), desk.open()
    actions.change_requester(source, desk.outsider, by=SYSTEM, now=NOW)
    client = signed_in(desk.agent)
    address = reverse("tickets:merge", args=[source.public_id, target.public_id])
    page = client.get(address).text
    for text in ("Who reads what afterwards", "different customers", "Otto Fremd"):
        assert text in page
    data = {"source_version": source.status_version, "target_version": target.status_version}
    assert client.post(address, data).status_code == 422
    changed = client.post(address, {**data, "source_version": "99", "readers": "apart"})
    assert changed.status_code == 409
    assert client.post(address, {**data, "readers": "together"}).status_code == 303
    assert not TicketMerge.objects.get().is_apart
    assert target.participants.filter(person=desk.outsider).exists()


def test_refusals_are_told_in_words(desk: Desk) -> None:
    one, two = desk.open(), desk.open()
    client = signed_in(desk.agent)
    address = reverse("tickets:merge", args=[one.public_id, one.public_id])
    answer = client.post(address, {"source_version": 1, "target_version": 1})
    assert (answer.status_code, "with itself" in answer.text) == (409, True)
    merge_tickets(one, two, MergePlan(), by=SYSTEM, now=NOW)
    assert client.get(reverse("tickets:merge-choose", args=[one.public_id])).status_code == 409
    answer = client.post(f"/tickets/{one.public_id}/take/", {})
    assert answer.status_code == 409


def test_several_become_one_with_a_preview_and_a_result_of_each(desk: Desk) -> None:
    tickets = [desk.open() for _ in range(3)]
    actions.change_requester(tickets[2], desk.outsider, by=SYSTEM, now=NOW)
    client = signed_in(desk.agent)
    chosen = {"action": "merge", "ticket": [str(one.public_id) for one in tickets]}
    address = client.post("/tickets/bulk/", chosen)["Location"]
    page = client.get(address).text
    oldest = tickets[0].number
    for text in (f"goes on in #{oldest}", "The others are merged into this one", "is kept apart"):
        assert text in page
    hidden = client.post(address, {"target": "999999", "do": "run"})
    assert (hidden.status_code, Ticket.objects.filter(status_type="merged").count()) == (422, 0)
    client.post(address, {"target": f"#{oldest}", "reason": "", "do": "run"})
    run = BulkRun.objects.get()
    outcomes = dict(run.rows.values_list("ticket_id", "outcome"))
    assert outcomes == {
        tickets[0].pk: Outcome.DONE,
        tickets[1].pk: Outcome.DONE,
        tickets[2].pk: Outcome.DONE,
    }
    merges = dict(TicketMerge.objects.values_list("source_id", "is_apart"))
    assert merges == {tickets[1].pk: False, tickets[2].pk: True}
    assert run.action == BulkAction.MERGE


def test_merging_over_the_api(desk: Desk) -> None:
    source, target = desk.open(), desk.open()
    path = f"tickets/{source.public_id}/merge"
    status, made = ask(desk.agent, path, {"number": target.number, "reason": "Dasselbe"})
    assert (status, made["target"], made["apart"]) == (201, str(target.public_id), False)
    status, found = ask(desk.agent, f"tickets/by-number/{source.number}")
    assert (status, found["id"]) == (200, str(target.public_id))
    assert ask(desk.agent, f"tickets/{source.public_id}")[1]["status_type"] == "merged"
    status, listed = ask(desk.agent, f"tickets/{target.public_id}/merges")
    assert [one["source_number"] for one in listed] == [source.number]
    status, again = ask(desk.agent, path, {"ticket": str(target.public_id)})
    assert (status, again["code"]) == (409, "merged_away")
    status, undone = ask(desk.agent, f"{path}/undo", {})
    assert (status, undone["id"], undone["status_type"]) == (200, str(source.public_id), "new")
    assert ask(desk.agent, f"{path}/undo", {})[0] == 409
    assert ask(desk.agent, path, {})[0] == 422
    assert ask(desk.agent, path, {"number": 1})[0] == 422
    assert ask(desk.requester, path, {"number": target.number})[0] == 403
    assert ask(desk.outsider, path, {"number": target.number})[0] == 404


def test_pressing_twice_merges_once(desk: Desk) -> None:
    source, target = desk.open(), desk.open()
    scopes = (TokenScope.READ, TokenScope.WRITE)
    _row, secret = accounts.create_api_token(desk.agent, "Test", scopes, by=SYSTEM, now=NOW)
    client = Client(headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "one-merge-only"})
    body = json.dumps({"number": target.number})
    url = f"/api/v1/tickets/{source.public_id}/merge"
    first, second = (client.post(url, body, "application/json") for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (second.status_code, second.json()["id"])
    assert TicketMerge.objects.count() == 1
