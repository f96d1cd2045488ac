"""How the API speaks: sign-in, problems, idempotency, pages, conditional requests."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, re_path
from ninja import Router, Schema, Status

from leitstelle.kernel import viewer as viewer_module
from leitstelle.kernel.api import CursorPage, check_if_match, etag, paginate, set_etag
from leitstelle.kernel.api.auth import SessionAuth, TokenAuth, viewer_of
from leitstelle.kernel.api.idempotency import idempotent, prune
from leitstelle.kernel.api.instance import ProductAPI
from leitstelle.kernel.api.models import IdempotencyKey
from leitstelle.kernel.api.problems import add_handlers, unknown_address
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.limits import TooMany
from leitstelle.kernel.search.models import SearchWord
from leitstelle.kernel.viewer import Hat, Viewer

router = Router()


class WordIn(Schema):
    word: str


class WordOut(Schema):
    id: int
    word: str


@router.get("/words", response=CursorPage[WordOut], operation_id="list_words")
def list_words(request: HttpRequest, cursor: str | None = None, size: int = 2) -> dict[str, Any]:
    return paginate(SearchWord.objects.all(), cursor, ["word"], size)


@router.post("/words", response={201: WordOut}, operation_id="add_word")
def add_word(request: HttpRequest, data: WordIn, response: HttpResponse) -> Status[Any]:
    word = SearchWord.objects.create(word=data.word)
    response["Location"] = f"/words/{word.pk}"
    if data.word == "crash":
        raise RuntimeError("after writing")
    return Status(201, word)


@router.put("/words/{pk}", response=WordOut, operation_id="change_word")
def change_word(request: HttpRequest, pk: int, data: WordIn, response: HttpResponse) -> SearchWord:
    word = SearchWord.objects.get(pk=pk)
    check_if_match(request, word.word, required=True)
    word.word = data.word
    word.save()
    set_etag(response, word.word)
    return word


@router.get("/errors/{name}", operation_id="fail")
def fail(request: HttpRequest, name: str) -> None:
    errors: dict[str, Exception] = {
        "conflict": Conflict(theirs="P1", ours="P2"),
        "invalid": InvalidInput(fields={"subject": "missing"}),
        "denied": NotAllowed(),
        "many": TooMany(retry_after=17),
    }
    raise errors[name]


@router.get("/me", operation_id="me")
def me(request: HttpRequest) -> dict[str, Any]:
    return {"person": viewer_of(request).person_id}


@router.get("/open", auth=None, operation_id="open")
def open_to_all(request: HttpRequest) -> dict[str, Any]:
    return {"person": viewer_of(request).person_id}


api = ProductAPI(urls_namespace="test-api", auth=[TokenAuth(), SessionAuth()], docs_url=None)
add_handlers(api)
api.add_decorator(idempotent, mode="view")
api.add_router("", router)
urlpatterns = [path("api/v1/", api.urls), re_path(r"^api/", unknown_address)]

PERSON = Viewer(person_id=5, hat=Hat.AGENT)


@pytest.fixture(autouse=True)
def tokens(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two tokens, `one` and `two`, of two people; nobody has a session."""
    viewers = {"one": PERSON, "two": replace(PERSON, person_id=6)}
    monkeypatch.setattr(viewer_module, "_resolvers", {})
    monkeypatch.setattr(
        viewer_module, "_token_resolvers", {"token": lambda request, token: viewers.get(token)}
    )
    settings.MIDDLEWARE = []
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    with override_settings(ROOT_URLCONF=__name__):
        yield


def call(method: str, path: str, body: Any = None, *, token: str = "one", **headers: str) -> HttpResponse:
    client = Client(raise_request_exception=False)
    sent = {"Authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    if not token:
        del sent["Authorization"]
    data = json.dumps(body) if body is not None else ""
    answer = client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=sent)
    assert isinstance(answer, HttpResponse)
    return answer


def problem_of(answer: HttpResponse) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = json.loads(answer.content)
    assert found["status"] == answer.status_code
    assert found["type"] == f"urn:leitstelle:problem:{found['code']}"
    return found


@pytest.mark.django_db
def test_who_speaks() -> None:
    assert json.loads(call("GET", "/me").content) == {"person": 5}
    for token in ("", "wrong"):
        answer = call("GET", "/me", token=token)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert problem_of(answer)["code"] == "not_authenticated"
    assert json.loads(call("GET", "/open", token="").content) == {"person": None}


@pytest.mark.django_db
def test_a_session_speaks_too_but_writes_only_with_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_module, "_resolvers", {"session": lambda request: PERSON})
    assert call("GET", "/me", token="").status_code == 200
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/api/v1/words", {"word": "a"}, content_type="application/json")
    assert answer.status_code == 403
    assert problem_of(answer)["code"] == "not_allowed"  # type: ignore[arg-type]
    # A token that is wrong does not fall back to the session.
    assert call("GET", "/me", token="wrong").status_code == 401


@pytest.mark.django_db
def test_problems() -> None:
    conflict = problem_of(call("GET", "/errors/conflict"))
    assert (conflict["status"], conflict["theirs"], conflict["ours"]) == (409, "P1", "P2")
    assert problem_of(call("GET", "/errors/invalid"))["fields"] == {"subject": "missing"}
    assert call("GET", "/errors/denied").status_code == 403
    many = call("GET", "/errors/many")
    assert (many.status_code, many["Retry-After"]) == (429, "17")
    invalid = problem_of(call("POST", "/words", {"word": 3}))
    assert (invalid["status"], list(invalid["fields"])) == (422, ["word"])
    assert [fault["pointer"] for fault in invalid["errors"]] == ["/word"]
    size = problem_of(call("GET", "/words?size=many"))
    assert [fault["parameter"] for fault in size["errors"]] == ["size"]
    assert problem_of(call("GET", "/nothing"))["code"] == "not_found"


@pytest.mark.django_db
def test_rate(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    assert [call("GET", "/me").status_code for _ in range(3)] == [200, 200, 429]
    assert call("GET", "/me", token="two").status_code == 200


@pytest.mark.django_db
def test_pages() -> None:
    for word in "edcba":
        SearchWord.objects.create(word=word)
    seen, cursor = [], ""
    while True:
        page = json.loads(call("GET", f"/words?cursor={cursor}").content)
        seen.append([item["word"] for item in page["items"]])
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == [["a", "b"], ["c", "d"], ["e"]]
    assert problem_of(call("GET", "/words?cursor=nonsense"))["status"] == 422


def hand_made(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        base64.urlsafe_b64encode(b"[" * 2900).decode(),
        "A" * 5000,
        hand_made(["word", "pk"], ["a", 10**30]),
        hand_made(["word", "pk"], ["a", 1.5]),
        hand_made(["word", "pk"], ["a\x00b", 1]),
        hand_made(["word", "pk"], ["\ud800", 1]),
        hand_made(["word", "pk"], ["a", {"n": "1e999999"}]),
        hand_made(["word", "pk"], ["a", {"t": "0001-01-01T00:00:00+23:00"}]),
        hand_made(["word", "pk"], [["a"], 1]),
        hand_made(["-word", "pk"], ["a", 1]),
    ],
)
def test_cursors_nobody_gave_out_are_refused(cursor: str) -> None:
    assert problem_of(call("GET", f"/words?cursor={cursor}"))["status"] == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"word": NaN}', 400),
        (b'{"word": "a\\u0000b"}', 400),
        (b'{"word": "\\ud800"}', 400),
        (b'{"word": ' + b"9" * 5000 + b"}", 400),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b"", 422),
        (b'{"word": "' + b"x" * (6 * 1024 * 1024) + b'"}', 413),
    ],
)
@pytest.mark.parametrize("key", ["", "k"])
def test_what_cannot_be_read_is_refused(body: bytes, status: int, key: str) -> None:
    headers = {"Authorization": "Bearer one"} | ({"Idempotency-Key": key} if key else {})
    answer = Client().post("/api/v1/words", body, content_type="application/json", headers=headers)
    assert isinstance(answer, HttpResponse)
    assert problem_of(answer)["status"] == status


@pytest.mark.django_db
def test_a_method_nobody_serves() -> None:
    answer = call("DELETE", "/words")
    assert problem_of(answer)["code"] == "method_not_allowed"
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.django_db
def test_if_match() -> None:
    word = SearchWord.objects.create(word="old")
    address = f"/words/{word.pk}"
    assert problem_of(call("PUT", address, {"word": "new"}))["status"] == 428
    assert problem_of(call("PUT", address, {"word": "new"}, If_Match='"other"'))["status"] == 412
    assert problem_of(call("PUT", address, {"word": "new"}, If_Match='W/"old"'))["status"] == 412
    answer = call("PUT", address, {"word": "new"}, If_Match=f'"x", {etag("old")}')
    assert (answer.status_code, answer["ETag"]) == (200, '"new"')
    assert call("PUT", address, {"word": "newer"}, If_Match="*").status_code == 200


@pytest.mark.django_db
def test_same_key_same_request_is_done_once() -> None:
    first = call("POST", "/words", {"word": "a"}, Idempotency_Key="k1")
    second = call("POST", "/words", {"word": "a"}, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Location"] == first["Location"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert SearchWord.objects.count() == 1
    assert (
        problem_of(call("POST", "/words", {"word": "b"}, Idempotency_Key="k1"))["code"]
        == "idempotency_key_reused"
    )
    # Another person's key is another key.
    assert call("POST", "/words", {"word": "c"}, token="two", Idempotency_Key="k1").status_code == 201
    assert call("POST", "/words", {"word": "a"}, token="wrong", Idempotency_Key="k1").status_code == 401
    for key in ("", "ä", "x" * 201):
        assert problem_of(call("POST", "/words", {"word": "d"}, Idempotency_Key=key))["status"] == 422


@pytest.mark.django_db(transaction=True)
def test_what_failed_was_undone_and_may_be_tried_again() -> None:
    assert call("POST", "/words", {"word": "crash"}, Idempotency_Key="k2").status_code == 500
    assert SearchWord.objects.count() == 0
    assert IdempotencyKey.objects.count() == 0
    invalid = call("POST", "/words", {"word": 3}, Idempotency_Key="k3")
    again = call("POST", "/words", {"word": 3}, Idempotency_Key="k3")
    assert (invalid.status_code, again["Idempotent-Replayed"]) == (422, "true")


@pytest.mark.django_db(transaction=True)
def test_in_flight_is_a_conflict_and_a_dead_claim_is_taken_over() -> None:
    now = datetime.now(UTC)
    call("POST", "/words", {"word": "a"}, Idempotency_Key="k4")
    row = IdempotencyKey.objects.get()
    IdempotencyKey.objects.update(status=None, locked_until=now + timedelta(minutes=1))
    SearchWord.objects.all().delete()
    assert (
        problem_of(call("POST", "/words", {"word": "a"}, Idempotency_Key="k4"))["code"]
        == "idempotency_key_in_flight"
    )
    IdempotencyKey.objects.update(locked_until=now - timedelta(minutes=1))
    assert call("POST", "/words", {"word": "a"}, Idempotency_Key="k4").status_code == 201
    assert IdempotencyKey.objects.get().pk == row.pk


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_it_once() -> None:
    answers: list[int] = []

    def post() -> None:
        try:
            answers.append(call("POST", "/words", {"word": "together"}, Idempotency_Key="k5").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SearchWord.objects.filter(word="together").count() == 1
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert len(answers) == 8


def test_the_document_says_what_holds_for_every_operation() -> None:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    words = document["paths"]["/api/v1/words"]
    assert words["post"]["parameters"][0]["name"] == "Idempotency-Key"
    assert words["get"]["responses"][422] == {"$ref": "#/components/responses/Problem422"}
    assert 412 not in words["get"]["responses"]
    assert 412 in words["post"]["responses"]
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    assert "Idempotency-Key" not in [parameter["name"] for parameter in words["get"]["parameters"]]
    assert set(document["components"]["schemas"]["Problem"]["required"]) >= {"code", "status", "detail"}


@pytest.mark.django_db
def test_old_keys_are_forgotten() -> None:
    call("POST", "/words", {"word": "a"}, Idempotency_Key="k6")
    assert prune(datetime.now(UTC)) == 0
    assert prune(datetime.now(UTC) + timedelta(days=3)) == 1
