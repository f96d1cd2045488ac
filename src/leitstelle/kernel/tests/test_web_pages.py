"""Frames, headers, errors and the small pages of the kernel."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from leitstelle.kernel import viewer as viewers
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import (
    PaletteHit,
    PaletteSearch,
    go,
    page,
    register_palette_search,
    registry,
    toast,
)
from leitstelle.kernel.web.answers import page_not_found
from leitstelle.kernel.web.crud import Column, Crud
from leitstelle.kernel.web.javascript import msgids

pytestmark = pytest.mark.django_db
WEB = Path(__file__).resolve().parents[1] / "web"
ADMIN = Viewer(person_id=1, hat=Hat.AGENT, is_admin=True, is_lead=True, language="de")


def refusing(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "conflict": Conflict(),
        "input": InvalidInput(fields={"name": "The name is missing."}),
        "forbidden": NotAllowed(),
        "crash": RuntimeError("broken"),
    }[kind]


def echo(request: HttpRequest) -> HttpResponse:
    toast(request, "Saved text")
    return page(request, "errors/error.html", SAMPLE, fragment="errors/_error.html")


def away(request: HttpRequest) -> HttpResponse:
    return go(request, "/elsewhere/")


class GroupForm(forms.Form):
    name = forms.CharField(label="Name", max_length=20)


def create(viewer: Viewer, data: dict[str, Any]) -> None:
    if data["name"] == "taken":
        raise InvalidInput(fields={"name": "Already there."})
    Group.objects.create(**data)


def change(viewer: Viewer, group: Group, data: dict[str, Any]) -> None:
    Group.objects.filter(pk=group.pk).update(**data)


GROUPS: Crud[Group] = Crud(
    name="groups",
    title="Groups",
    new="New group",
    form=GroupForm,
    rows=lambda viewer: Group.objects.all(),
    columns=[Column("Name", lambda group: group.name)],
    allowed=lambda viewer: viewer.is_admin,
    create=create,
    update=change,
    archive=lambda viewer, group: group.delete(),
)
SAMPLE = {"status": 200, "title": "T", "message": "M", "icon": "x", "fields": {}}
urlpatterns = [
    path("", include("leitstelle.kernel.web.urls")),
    path("account/", include("allauth.account.urls")),
    path("refuse/<str:kind>/", refusing),
    path("portal/refuse/<str:kind>/", refusing),
    path("echo/", echo),
    path("away/", away),
    *GROUPS.urls("groups/"),
]
handler404 = "leitstelle.kernel.web.answers.page_not_found"
handler500 = "leitstelle.kernel.web.answers.server_error"


@pytest.fixture(autouse=True)
def sample_urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The cards of other domains lead to addresses that are not among these.
    monkeypatch.setattr(registry._registered, "corners", [])
    with override_settings(ROOT_URLCONF=__name__, DEMO=True):
        yield


@pytest.fixture
def as_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: ADMIN)


def body(response: Any) -> str:
    return str(response.content.decode())


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    for address in ("/_components/", "/nowhere/", "/texts.json"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_no_template_holds_inline_script_or_style() -> None:
    faults = [
        f"{template.name}: {found.group()}"
        for template in WEB.parents[1].glob("**/templates/**/*.html")
        for found in re.finditer(
            r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=["']""", template.read_text("utf-8")
        )
    ]
    assert faults == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set(re.findall(r'id="i-([a-z0-9-]+)"', (WEB / "static/web/icons.svg").read_text("utf-8")))
    named = {
        name
        for template in WEB.parents[1].glob("**/templates/**/*.html")
        for name in re.findall(r"""\bicon(?:_button)?[=(]\s*"([a-z0-9-]+)\"""", template.read_text("utf-8"))
    }
    assert named - known == set()


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("conflict", 409, "Somebody else changed this"),
        ("input", 422, "The name is missing."),
        ("forbidden", 403, "not allowed"),
    ],
)
def test_a_refused_step_is_a_page_with_its_status(
    client: Client, monkeypatch: pytest.MonkeyPatch, kind: str, status: int, words: str
) -> None:
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: replace(ADMIN, language="en"))
    response = client.get(f"/refuse/{kind}/", headers={"accept-language": "en"})
    assert response.status_code == status
    assert words in body(response)
    assert "<!doctype html>" in body(response)


def test_a_refused_step_is_a_notice_for_htmx_and_json_for_scripts(client: Client) -> None:
    fragment = client.get("/refuse/conflict/", headers={"hx-request": "true"})
    assert fragment.status_code == 409
    assert fragment.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in body(fragment)
    data = client.get("/refuse/input/", headers={"accept": "application/json"})
    assert data.json()["fields"] == {"name": "The name is missing."}


def test_a_crash_answers_with_a_page_that_tells_nothing(client: Client) -> None:
    client.raise_request_exception = False
    response = client.get("/refuse/crash/")
    assert response.status_code == 500
    assert "broken" not in body(response)
    assert "<h1>" in body(response)


@pytest.mark.usefixtures("as_admin")
def test_the_portal_takes_the_rights_of_an_agent_away(client: Client) -> None:
    inside = client.get("/portal/refuse/forbidden/")
    assert 'class="public"' in body(inside)
    outside = client.get("/refuse/forbidden/")
    assert 'class="rail"' in body(outside)


def test_language_follows_browser_cookie_and_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert '<html lang="en"' in body(client.get("/nowhere/", headers={"accept-language": "en"}))
    assert '<html lang="de"' in body(client.get("/nowhere/", headers={"accept-language": "de-AT"}))
    answer = client.post("/language/", {"language": "en", "next": "/nowhere/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/nowhere/")
    assert '<html lang="en"' in body(client.get("/nowhere/", headers={"accept-language": "de"}))
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: ADMIN)
    assert '<html lang="de"' in body(client.get("/nowhere/"))


def test_the_language_form_sends_nobody_to_another_server(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert client.post("/language/", {"language": "xx"}).status_code == 404


def test_theme_and_density_come_from_their_cookies_and_nothing_else(client: Client) -> None:
    client.cookies["leitstelle_theme"] = "dark"
    client.cookies["leitstelle_density"] = "compact"
    assert 'data-theme="dark" data-density="compact"' in body(client.get("/nowhere/"))
    client.cookies["leitstelle_theme"] = '"><script>'
    assert "data-theme" not in body(client.get("/nowhere/")).split("<head>")[0]


def test_one_view_answers_page_and_fragment_with_queued_notices(client: Client) -> None:
    whole = body(client.get("/echo/"))
    assert "<!doctype html>" in whole
    assert "Saved text" in whole
    part = body(client.get("/echo/", headers={"hx-request": "true"}))
    assert "<html" not in part
    assert 'hx-swap-oob="beforeend"' in part
    restored = body(
        client.get("/echo/", headers={"hx-request": "true", "hx-history-restore-request": "true"})
    )
    assert "<!doctype html>" in restored


def test_going_elsewhere_works_with_and_without_htmx(client: Client) -> None:
    assert client.post("/away/").status_code == 303
    assert client.post("/away/", headers={"hx-request": "true"}).headers["HX-Redirect"] == "/elsewhere/"


def test_a_form_without_token_gets_an_explanation() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/away/", headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "no longer valid" in body(response)


@pytest.mark.usefixtures("as_admin")
def test_the_palette_lists_pages_and_asks_searches_only_for_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def find(viewer: Viewer, text: str, limit: int) -> list[PaletteHit]:
        asked.append(text)
        return [PaletteHit("Drucker klemmt", "/tickets/1/", "inbox", "#1")]

    register_palette_search(PaletteSearch("sample-search", "Tickets", 1, find))
    client.get("/palette/")
    assert asked == []
    groups = client.get("/palette/", {"q": "drucker"}).json()["groups"]
    assert asked == ["drucker"]
    assert {"label": "Drucker klemmt", "url": "/tickets/1/", "icon": "inbox", "note": "#1", "key": ""} in [
        item for group in groups for item in group["items"]
    ]


def test_texts_of_the_modules_are_served_in_the_language_of_the_page(client: Client) -> None:
    served = client.get("/texts.json").json()
    assert set(served) == set(msgids())
    assert "Nothing found" in served


def test_guests_are_led_to_sign_in_and_agents_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    led = client.get("/administration/")
    assert (led.status_code, led.headers["Location"]) == (302, "/account/login/?next=%2Fadministration%2F")
    agent = replace(ADMIN, is_admin=False)
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: agent)
    assert client.get("/administration/").status_code == 403


@override_settings(DEMO=False, DEBUG=False)
def test_the_gallery_is_not_there_in_production(client: Client) -> None:
    assert client.get("/_components/").status_code == 404


@pytest.mark.usefixtures("as_admin")
def test_master_data_is_listed_created_changed_and_archived(client: Client) -> None:
    assert "Nothing here yet" in body(client.get("/groups/")) or "Noch nichts" in body(client.get("/groups/"))
    assert client.post("/groups/new/", {"name": "Netz"}).status_code == 303
    group = Group.objects.get()
    assert f"/groups/{group.pk}/" in body(client.get("/groups/"))
    assert 'value="Netz"' in body(client.get(f"/groups/{group.pk}/"))
    client.post(f"/groups/{group.pk}/", {"name": "Netzwerk"})
    assert Group.objects.get().name == "Netzwerk"
    client.post(f"/groups/{group.pk}/archive/")
    assert not Group.objects.exists()


@pytest.mark.usefixtures("as_admin")
def test_master_data_shows_errors_of_form_and_action_with_422(client: Client) -> None:
    empty = client.post("/groups/new/", {"name": ""})
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in body(empty)
    taken = client.post("/groups/new/", {"name": "taken"})
    assert taken.status_code == 422
    assert "Already there." in body(taken)
    assert client.get("/groups/999/").status_code == 404
    assert client.get("/groups/x/").status_code == 404


def test_master_data_is_closed_to_others(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = replace(ADMIN, is_admin=False)
    monkeypatch.setitem(viewers._resolvers, "session", lambda request: agent)
    for address in ("/groups/", "/groups/new/", "/groups/1/"):
        assert client.get(address).status_code == 403


def test_a_request_that_failed_before_the_viewer_was_known_still_gets_a_page() -> None:
    request = RequestFactory().get("/x/")
    assert page_not_found(request).status_code == 404
