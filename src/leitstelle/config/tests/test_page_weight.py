"""What a first visit to the heaviest pages brings over the wire (architecture §9: 180 KB), compressed as it is sent."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from leitstelle.accounts.models import Person
from leitstelle.tickets.tests.desk import make_desk

BUDGET = 180_000
# Fonts are compressed already, and come as the style sheets ask for them: text and code in Latin letters.
FONTS = ("web/fonts/ibm-plex-sans-latin-wdth-normal.woff2", "web/fonts/ibm-plex-mono-latin-400-normal.woff2")
STATIC = re.compile(r'(?:href|src)="/static/([^"#]+)')
HOOK = re.compile(r'"(data-[a-z-]+)": \(\) => import\("\./([a-z-]+\.js)"\)')
ALWAYS = re.compile(r'^import\("\./([a-z-]+\.js)"\)', re.MULTILINE)
IMPORT = re.compile(r'^import .* from "\./([a-z-]+\.js)"', re.MULTILINE)


@pytest.mark.django_db
def test_first_visits_stay_within_the_page_weight() -> None:
    desk = make_desk()
    ticket = desk.open("VPN bricht ab")
    for path in ("/tickets/?view=open", f"/tickets/{ticket.public_id}/", "/tickets/call/"):
        page = _signed_in(desk.agent).get(path)
        assert page.status_code == 200, path
        files = {*STATIC.findall(page.text), *FONTS, *_modules(page.text)}
        weights = {name: _weight(name) for name in files}
        assert len(gzip.compress(page.content, 9)) + sum(weights.values()) < BUDGET, (path, weights)


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _modules(html: str) -> set[str]:
    """The modules that `app.js` loads for the hooks of a page, with what they import."""
    app = _path("web/js/app.js").read_text()
    hooked = {file for hook, file in HOOK.findall(app) if re.search(rf"\s{hook}[\s=>]", html)}
    return {f"web/js/{name}" for name in _closed({*hooked, *ALWAYS.findall(app)})}


def _closed(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    ahead = set(names)
    while ahead:
        found |= ahead
        ahead = {one for name in ahead for one in IMPORT.findall(_path(f"web/js/{name}").read_text())} - found
    return found


def _weight(name: str) -> int:
    content = _path(name).read_bytes()
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content, 9))


def _path(name: str) -> Path:
    found = finders.find(name)
    assert found, name
    return Path(found)
