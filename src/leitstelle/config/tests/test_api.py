"""The API as programs use it: every route × cast, the life of a ticket, versions, keys, and what requesters see."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.tests.cast import NOW, SYSTEM, make_organisation
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.config.tests.api_world import Callers, path_values, things
from leitstelle.config.tests.world import CAST, ELSEWHERE, SECRETS, World, make_world
from leitstelle.kernel.api.openapi import document
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.queries.workspace import protocol
from leitstelle.tickets.views.sentences import sentences

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
TABLE = json.loads(Path(__file__).with_name("api_access.json").read_text("utf-8"))
BUDGETS: dict[str, int] = TABLE["statements"]
Call = Callable[..., Any]


@pytest.fixture
def world(db: None, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("CRITICAL", "django.request")
    return make_world()


@pytest.fixture
def callers(world: World) -> Callers:
    return Callers(world)


def _operations() -> list[tuple[str, str, str]]:
    """(operation, method, path) of everything the document has."""
    return [
        (operation["operationId"], method.upper(), path)
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    ]


def test_every_operation_stands_in_the_table() -> None:
    named = {name.partition(" ")[0] for name in TABLE["operations"]}
    assert named == {name for name, _method, _path in _operations()}


def test_who_may_ask_and_do_what(world: World, callers: Callers, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**9
    known = things(world)
    found = path_values(known)
    names = {name: str(value) for name, value in known.items()}
    wrong: list[str] = []
    for name, method, path in _operations():
        row = TABLE["operations"][name]
        expected = dict(zip(CAST, TABLE["groups"][row["group"]].split(), strict=True))
        values = found | {key: known[value] for key, value in row.get("path", {}).items()}
        address = path.format(**values) + row.get("query", "")
        body = {key: names.get(str(value), value) for key, value in row.get("body", {}).items()}
        for who in CAST:
            status, changed = _send(callers.client(who), method, address, body, row.get("files"))
            word = "ok" if status < 400 or status in (409, 422, 428) else str(status)
            if word != expected[who]:
                wrong.append(f"{name} as {who}: {status} instead of {expected[who]}")
            if changed and (method == "GET" or expected[who] != "ok"):
                wrong.append(f"{name} as {who}: recorded {changed} events")
    assert wrong == [], "\n" + "\n".join(wrong)


def _send(
    client: Client, method: str, address: str, body: dict[str, Any], files: bool | None
) -> tuple[int, int]:
    with transaction.atomic():
        before = Event.objects.count()
        if files:
            upload = SimpleUploadedFile("a.txt", b"a", content_type="text/plain")
            answer = client.post(address, {**body, "files": upload})
        else:
            data = json.dumps(body) if body else ""
            headers = {"If-Match": "*"} if method == "PATCH" else {}
            answer = client.generic(method, address, data, content_type="application/json", headers=headers)
        changed = Event.objects.count() - before
        transaction.set_rollback(True)
    return answer.status_code, changed


def _call(callers: Callers, who: str) -> Call:
    client = callers.client(who)

    def call(method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body) if body is not None else ""
        answer = client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=sent)
        assert answer.status_code == status, (path, answer.status_code, answer.content[:600])
        return json.loads(answer.content) if answer.content else None

    return call


def test_a_ticket_from_opening_to_closing(world: World, callers: Callers) -> None:
    call = _call(callers, "agent")
    desk = world.desk
    opened = call(
        "POST",
        "/tickets",
        {
            "text": "Der Scanner zieht kein Papier ein.",
            "requester": str(desk.requester.public_id),
            "category": "printing",
            "impact": "group",
            "channel": "phone",
        },
        201,
    )
    here = f"/tickets/{opened['id']}"
    assert opened["subject"] == "Der Scanner zieht kein Papier ein."
    assert (opened["status"], opened["category"], opened["impact"]) == ("new", "printing", "group")
    assert opened["organisation"]["name"] == desk.organisation.name
    assert call("GET", f"/tickets/by-number/{opened['number']}")["id"] == opened["id"]
    taken = call("POST", f"{here}/take")
    assert (taken["assignee"]["id"], taken["status"]) == (str(desk.agent.public_id), "in_progress")
    changed = call("PATCH", here, {"subject": "Scanner", "urgency": "stopped"}, If_Match=taken["etag"])
    assert changed["subject"] == "Scanner"
    message = call("POST", f"{here}/messages", {"text": "Bitte Rollen reinigen."}, 201)
    assert [one["email"] for one in message["recipients"]] == ["miriam.brandt@werk-nord.example"]
    at = "2026-11-20T08:00:00Z"
    spoken = call(
        "POST", f"{here}/messages", {"kind": "call", "text": "Gereinigt.", "at": at, "talk_seconds": 90}, 201
    )
    assert (spoken["channel"], spoken["at"], spoken["talk_seconds"]) == ("phone", at, 90)
    call("POST", f"{here}/wait", {"status": "waiting_requester", "reason": "Rückmeldung"})
    call("POST", f"{here}/resume")
    done = call("POST", f"{here}/resolve", {"code": "solved", "text": "Läuft wieder."})
    assert (done["status_type"], done["resolution_code"]) == ("resolved", "solved")
    assert call("POST", f"{here}/close")["status_type"] == "closed"
    refused = call("POST", f"{here}/close", status=409)
    assert refused["code"] == "step_not_possible"
    codes = [event["code"] for event in call("GET", f"{here}/events")["items"]]
    assert codes[0] == "ticket.opened"
    assert codes.count("ticket.status_changed") == 5
    kinds = {one["channel"] for one in call("GET", f"{here}/messages")["items"]}
    assert {"phone", "mail"} <= kinds


def test_timelines_name_the_person_behind_a_token(world: World, callers: Callers) -> None:
    _call(callers, "agent")("POST", f"/tickets/{world.ticket.public_id}/take")
    shown = {line.who for line in sentences(list(protocol(world.ticket)))}
    assert f"{world.desk.agent.display_name} (API token)" in shown


def test_handing_over_and_returning(world: World, callers: Callers) -> None:
    agent, lead = _call(callers, "agent"), _call(callers, "lead")
    here = f"/tickets/{world.desk.open('Weiter').public_id}"
    body = {"team": str(world.desk.second.public_id), "reason": "Netz", "tried": "Neustart"}
    missing = agent("POST", f"{here}/handovers", body | {"tried": ""}, 422)
    assert [fault["pointer"] for fault in missing["errors"]] == ["/tried"]
    offered = agent("POST", f"{here}/handovers", body, 201)
    back = lead("POST", f"{here}/handovers/{offered['id']}/return", {"reason": "Bitte Protokoll"})
    assert back["team"]["name"] == world.desk.first.name
    assert [row["state"] for row in agent("GET", f"{here}/handovers")] == ["returned"]
    again = agent("POST", f"{here}/handovers", body, 201)
    taken = lead("POST", f"{here}/handovers/{again['id']}/accept")
    assert taken["assignee"]["id"] == str(world.desk.lead.public_id)
    assert lead("POST", f"{here}/handovers/{again['id']}/accept", status=409)["code"] == "handover_not_open"


def test_versions(world: World, callers: Callers) -> None:
    call = _call(callers, "agent")
    here = f"/tickets/{world.ticket.public_id}"
    seen = call("GET", here)["etag"]
    assert call("PATCH", here, {"subject": "A"}, 428)["code"] == "match_required"
    call("PATCH", here, {"subject": "A"}, If_Match=seen)
    stale = call("PATCH", here, {"subject": "B"}, 412, If_Match=seen)
    assert stale["code"] == "outdated"
    assert call("POST", f"{here}/take", status=412, If_Match=seen)["code"] == "outdated"
    assert call("GET", here)["subject"] == "A"
    person = f"/people/{world.desk.requester.public_id}"
    version = call("GET", person)["version"]
    assert call("PATCH", person, {"room": "2.14"}, If_Match=f'"{version}"')["room"] == "2.14"
    call("PATCH", person, {"room": "2.15"}, 412, If_Match=f'"{version}"')


def test_a_key_opens_one_ticket_and_files_one_message(world: World, callers: Callers) -> None:
    call = _call(callers, "requester")
    first = call("POST", "/tickets", {"text": "Einmal"}, 201, Idempotency_Key="one")
    again = call("POST", "/tickets", {"text": "Einmal"}, 201, Idempotency_Key="one")
    assert first == again
    assert call("POST", "/tickets", {"text": "Zweimal"}, 422, Idempotency_Key="one")["code"] == (
        "idempotency_key_reused"
    )
    before = Message.objects.count()
    ids = set()
    for _try in range(2):
        upload = SimpleUploadedFile("gross.txt", b"x" * (6 * 1024 * 1024), content_type="text/plain")
        answer = callers.client("requester").post(
            f"/api/v1/tickets/{first['id']}/files",
            {"text": "Anbei", "files": upload},
            headers={"Idempotency-Key": "file"},
        )
        assert answer.status_code == 201, answer.content
        ids.add(answer.json()["id"])
    assert len(ids) == 1
    assert Message.objects.count() == before + 1


def test_files_are_downloads_and_limited(world: World, callers: Callers, settings: Any) -> None:
    client = callers.client("agent")
    here = f"/api/v1/tickets/{world.ticket.public_id}/files"
    page = SimpleUploadedFile("seite.html", b"<script>alert(1)</script>", content_type="text/html")
    sent = client.post(here, {"kind": "note", "text": "", "files": page}).json()
    answer = client.get(sent["attachments"][0]["href"] + "?inline")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    settings.MAX_UPLOAD = 10
    large = client.post(here, {"files": SimpleUploadedFile("a.txt", b"x" * 11)})
    assert (large.status_code, large.json()["code"]) == (413, "file_too_large")
    assert callers.client("requester").get(sent["attachments"][0]["href"]).status_code == 404


def test_lists_narrow_sort_and_page(world: World, callers: Callers) -> None:
    call = _call(callers, "agent")
    for number in range(7):
        world.desk.open(f"Nummer {number}", now=NOW + timedelta(minutes=number))
    seen, cursor = [], ""
    while True:
        page = call("GET", f"/tickets?sort=opened&limit=3&status_type=new&cursor={cursor}")
        seen += [item["subject"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen[:7] == [f"Nummer {number}" for number in reversed(range(7))]
    assert len(seen) == len(set(seen)) == Ticket.objects.filter(status_type="new").count()
    assert call("GET", f"/tickets?number={world.ticket.number}")["items"][0]["id"] == str(
        world.ticket.public_id
    )
    team, person = world.desk.second.public_id, world.desk.outsider.public_id
    assert {one["id"] for one in call("GET", f"/tickets?team={team}")["items"]} == {
        str(world.handed.public_id)
    }
    assert {one["requester"]["id"] for one in call("GET", f"/tickets?requester={person}")["items"]} == {
        str(person)
    }
    since = (NOW + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert len(call("GET", f"/tickets?created_since={since}")["items"]) == 2
    assert call("GET", "/tickets?assignee=me")["items"] == []
    assert call("GET", "/tickets?sort=due&cursor=eyJ4Ijox", status=422)["code"] == "invalid_input"


def test_searching_by_words(world: World, callers: Callers) -> None:
    drain(timezone.now())
    found = _call(callers, "agent")("GET", "/tickets?q=Stubbenkammer&limit=50")["items"]
    assert str(world.ticket.public_id) in {item["id"] for item in found}
    narrowed = _call(callers, "agent")("GET", "/tickets?q=Stubbenkammer&status_type=closed")["items"]
    assert narrowed == []
    note = SECRETS["internal note"]
    assert _call(callers, "agent")("GET", f"/tickets?q={note}")["items"]
    assert _call(callers, "requester")("GET", f"/tickets?q={note}")["items"] == []


def test_requesters_see_as_in_the_portal(world: World, callers: Callers) -> None:
    call = _call(callers, "requester")
    here = f"/tickets/{world.ticket.public_id}"
    ticket = call("GET", here)
    for name in ("team", "level", "priority", "status_reason", "message_count", "updated_at"):
        assert ticket[name] is None
    assert {one["audience"] for one in call("GET", f"{here}/messages")["items"]} == {"public"}
    assert all(
        one["recipients"] == [] and one["from_email"] == ""
        for one in call("GET", f"{here}/messages")["items"]
    )
    told = call("GET", f"{here}/events")["items"]
    assert {event["code"] for event in told} <= {
        "ticket.opened",
        "ticket.message_added",
        "ticket.status_changed",
        "ticket.assigned",
    }
    assert all(event["state"] is None for event in told)
    assert all(event["data"].get("audience", "public") == "public" for event in told)
    for query in (
        "priority=1",
        "team=" + str(uuid4()),
        "assignee=me",
        "sort=recent",
        f"updated_since={NOW:%Y-%m-%dT%H:%M:%SZ}",
    ):
        assert call("GET", f"/tickets?{query}", status=422)["code"] == "invalid_input"
    assert call("POST", "/tickets", {"text": "x", "take": True}, 422)["fields"].keys() == {"take"}
    own = call("POST", "/tickets", {"text": "Mein Bildschirm flackert."}, 201)
    assert own["requester"]["id"] == str(world.desk.requester.public_id)
    assert call("POST", f"/tickets/{own['id']}/messages", {"kind": "note", "text": "x"}, 403)["status"] == 403
    me = call("GET", "/me")
    assert (me["hat"], me["roles"]) == ("requester", [])
    assert [one["id"] for one in call("GET", "/people")["items"]] == [me["id"]]
    assert call("GET", "/teams") == []


def test_a_requester_reopens_with_words(world: World, callers: Callers) -> None:
    here = f"/tickets/{world.desk.open('Nochmal').public_id}"
    _call(callers, "agent")("POST", f"{here}/resolve", {"code": "solved"})
    opened = _call(callers, "requester")("POST", f"{here}/reopen", {"reason": "Geht doch nicht."})
    assert opened["status_type"] == "open"
    said = _call(callers, "requester")("GET", f"{here}/messages?order=newest")["items"]
    assert "Geht doch nicht." in {message["text"] for message in said}
    assert Ticket.objects.get(public_id=opened["id"]).reopen_count == 1


def test_following_the_journal(world: World, callers: Callers) -> None:
    agent, stranger = _call(callers, "agent"), _call(callers, "stranger")
    after, seen = "", []
    while True:
        page = agent("GET", f"/events?limit=20&after={after}")
        seen += page["items"]
        after = page["next"]
        if not page["more"]:
            break
    ids = [event["id"] for event in seen]
    assert len(ids) == len(set(ids)) > 40
    assert not any(event["code"].startswith("person.api_token") for event in seen)
    assert all(event["data"].get("audience") != "restricted" for event in seen)
    assert agent("GET", f"/events?after={after}")["items"] == []
    end = agent("GET", "/events?after=latest")["next"]
    world.desk.open("Neu")
    fresh = agent("GET", f"/events?after={end}")["items"]
    # A transaction that is open elsewhere on the server keeps PostgreSQL from passing over what came before it.
    opened = [event for event in fresh if event["code"] == "ticket.opened"][-1]
    assert opened["data"]["requester_id"] == str(world.desk.requester.public_id)
    assert opened["state"]["status"] == "new"
    assert opened["id"] not in {event["id"] for event in stranger("GET", f"/events?after={end}")["items"]}
    numbers = json.dumps([event["data"] for event in seen])
    assert '"message_id": 1' not in numbers
    for wrong in ("x", "MTIz", "LTEuMQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ"):
        assert agent("GET", f"/events?after={wrong}", status=422)["code"] == "invalid_input"


def test_scopes_of_tokens(world: World, callers: Callers) -> None:
    def token(*scopes: TokenScope) -> Client:
        _row, text = accounts.create_api_token(world.desk.admin, "T", scopes, by=SYSTEM, now=NOW)
        return Client(headers={"Authorization": f"Bearer {text}"})

    reading = token(TokenScope.READ)
    assert reading.get("/api/v1/tickets").status_code == 200
    refused = reading.post("/api/v1/tickets", {"text": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert "write" in refused.json()["detail"]
    writing = token(TokenScope.WRITE)
    assert writing.get("/api/v1/tickets").json()["code"] == "scope_missing"
    both = token(TokenScope.READ, TokenScope.WRITE)
    company = both.post("/api/v1/organisations", {"name": "Neu"}, content_type="application/json")
    assert company.json()["code"] == "scope_missing"


def test_people_and_customers(world: World, callers: Callers) -> None:
    call = _call(callers, "admin")
    body = {"name": "Neue Werke", "domains": ["neue-werke.example"], "note": "Rahmenvertrag"}
    company = call("POST", "/organisations", body, 201)
    assert call("GET", "/organisations?domain=neue-werke.example")["items"][0]["id"] == company["id"]
    site = call("POST", f"/organisations/{company['id']}/sites", {"name": "Halle", "state": "ST"}, 201)
    person = {
        "display_name": "Eva Neumann",
        "organisation": company["id"],
        "site": site["id"],
        "contact_points": [
            {"kind": "email", "value": "Eva.Neumann@neue-werke.example"},
            {"kind": "phone", "value": "030 123456"},
        ],
    }
    made = call("POST", "/people", person, 201)
    assert made["site"]["name"] == "Halle"
    assert [one["normalised"] for one in made["contact_points"]] == [
        "eva.neumann@neue-werke.example",
        "+4930123456",
    ]
    for query in ("email=eva.neumann@neue-werke.example", "phone=0049%2030/123456", "q=neumann"):
        assert [one["id"] for one in call("GET", f"/people?{query}")["items"]] == [made["id"]]
    taken = call("POST", "/people", person | {"display_name": "Andere"}, 422)
    assert [fault["pointer"] for fault in taken["errors"]] == ["/contacts/0"]
    point = call(
        "POST", f"/people/{made['id']}/contact-points", {"kind": "mobile", "value": "0171 2345678"}, 201
    )
    call("DELETE", f"/people/{made['id']}/contact-points/{point['id']}", status=204)
    assert len(call("GET", f"/people/{made['id']}")["contact_points"]) == 2


def test_sums_over_service_hours(world: World, callers: Callers) -> None:
    call = _call(callers, "agent")
    here = f"/calendars/{ServiceCalendar.objects.filter(is_default=True).earliest('pk').public_id}"
    body = {"start": "2026-03-27T15:30:00+01:00", "seconds": 4 * 3600}
    due = call("POST", f"{here}/deadline", body)
    assert due["deadline"] > "2026-03-30T00:00:00Z"
    assert {step["step"] for step in due["steps"]} >= {"FrameUsed", "ClockChanged"}
    span = {"start": "2026-03-27T14:30:00Z", "end": due["deadline"]}
    assert call("POST", f"{here}/worked", span)["seconds"] == 4 * 3600
    assert call("POST", f"{here}/is-open", {"at": "2026-03-29T12:00:00Z"})["is_open"] is False
    backwards = {"start": "2026-03-28T00:00:00Z", "end": "2026-03-27T00:00:00Z"}
    refused = call("POST", f"{here}/deadline", body | {"pauses": [backwards]}, 422)
    assert "pause" in refused["detail"].lower()


def test_deadlines_explain_themselves(world: World, callers: Callers) -> None:
    drain(timezone.now())
    found = _call(callers, "agent")("GET", f"/tickets/{world.ticket.public_id}/clocks")
    assert {one["metric"] for one in found["clocks"]} == {"response", "workaround", "resolution"}


def test_too_many_requests_are_told_when_to_come_back(callers: Callers, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    client = callers.client("agent")
    answers = [client.get("/api/v1/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "too_many"


def test_no_answer_may_be_read_by_other_origins(callers: Callers) -> None:
    client = callers.client("agent")
    for method in ("GET", "OPTIONS"):
        answer = client.generic(method, "/api/v1/me", headers={"Origin": "https://elsewhere.example"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_sentences_are_in_the_language_of_the_token(world: World, callers: Callers) -> None:
    type(world.desk.agent).objects.filter(pk=world.desk.agent.pk).update(language="de")
    answer = callers.client("agent").get(f"/api/v1/tickets/{uuid4()}")
    assert "Adresse" in answer.json()["detail"]


def test_addresses_with_nul_are_unreadable(callers: Callers) -> None:
    for path in ("/api/v1/tickets?q=%00", "/api/v1/tickets/%00"):
        answer = callers.client("agent").get(path)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_statements_do_not_grow(world: World, callers: Callers) -> None:
    drain(timezone.now())
    ticket = world.ticket.public_id
    addresses = {
        "listTickets": "/tickets?limit=50",
        "listTickets ?q=": "/tickets?q=Stubbenkammer&limit=50",
        "getTicket": f"/tickets/{ticket}",
        "listMessages": f"/tickets/{ticket}/messages?limit=50",
        "listPeople": "/people?limit=50",
        "listOrganisations": "/organisations?limit=50",
        "followEvents": "/events?limit=50",
        "listTicketEvents": f"/tickets/{ticket}/events?limit=50",
        "getTicketClocks": f"/tickets/{ticket}/clocks",
    }
    client = callers.client("agent")
    client.get("/api/v1/me")
    _fill(world, callers, ["eins"])
    few = {name: _statements(client, path) for name, path in addresses.items()}
    _fill(world, callers, [f"mehr {number}" for number in range(12)])
    many = {name: _statements(client, path) for name, path in addresses.items()}
    assert {name: (few[name], many[name]) for name in many if many[name] > few[name]} == {}
    assert {name: count for name, count in many.items() if count > BUDGETS[name]} == {}
    assert many.keys() == BUDGETS.keys()


def _fill(world: World, callers: Callers, words: list[str]) -> None:
    """More of everything: tickets, people, customers, messages and events."""
    call = _call(callers, "agent")
    here = f"/tickets/{world.ticket.public_id}"
    for word in words:
        world.desk.open(f"Stubbenkammer {word}")
        make_organisation(f"Werk {word}")
        call("POST", "/people", {"display_name": f"Person {word}"}, 201)
        call("POST", f"{here}/messages", {"text": f"Antwort {word}"}, 201)
    drain(timezone.now())


def _statements(client: Client, path: str) -> int:
    """Of the second request: what a process keeps for a minute may have run out before the first."""
    assert client.get(f"/api/v1{path}").status_code == 200
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1{path}").status_code == 200
    # That a token was used is written down once a minute, whatever is asked for.
    passed_over = ("SAVEPOINT", "RELEASE", "SET LOCAL", 'UPDATE "accounts_apitoken"')
    return sum(not query["sql"].startswith(passed_over) for query in queries)


def test_the_reference_page_shows_every_operation(db: None) -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    for name, _method, path in _operations():
        assert f'id="{name}"' in page.text
        assert path in page.text
    assert "<script>" not in page.text
    assert ELSEWHERE not in page.text
    german = Client(headers={"Accept-Language": "de"}).get("/api/v1/docs")
    assert 'lang="de"' in german.text
