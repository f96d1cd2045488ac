"""Guides in the portal: found by words, answered page by page, reported or solved; nothing of it trusted."""

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.intake.models import GuestReport
from leitstelle.intake.rules.carried import read_carried
from leitstelle.kernel.tests.once import built_once
from leitstelle.knowledge import actions as knowledge
from leitstelle.knowledge.models import Guide
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
@built_once
def desk() -> Desk:
    made = make_desk()
    knowledge.ensure_defaults(NOW)
    return made


@pytest.fixture
def browser(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.requester, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, key: str, **answers: str) -> str:
    data = {f"a.{name}" if name not in ("step", "asked") else name: value for name, value in answers.items()}
    return client.post(reverse("portal:guide", args=[key]), data).content.decode()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("drucker", "Printer does not print"),
        ("Ich kann nicht drucken: Papierstau", "Printer does not print"),
        ("W-LAN wlan", "Wi-Fi does not connect"),
        ("Kennwort vergessen", "Password forgotten"),
    ],
)
def test_a_symptom_is_found_by_the_words_of_people(browser: Client, words: str, title: str) -> None:
    found = browser.get(reverse("portal:guides"), {"q": words}).content.decode()
    assert title in found
    piece = browser.get(reverse("portal:guides"), {"q": words}, headers={"HX-Request": "true"})
    assert title in piece.content.decode()
    assert "<html" not in piece.content.decode()


def test_questions_come_one_by_one_and_answers_may_be_taken_back(browser: Client) -> None:
    first = browser.get(reverse("portal:guide", args=["printer"])).content.decode()
    assert "What happens when you print?" in first
    second = ask(browser, "printer", what="nothing")
    assert "Switch the printer off" in second
    assert "Nothing comes out" in second
    again = ask(browser, "printer", what="nothing", step="back", asked="power")
    assert "What happens when you print?" in again
    assert "Nothing comes out</dd>" not in again


def test_what_has_to_be_known_is_asked_for(browser: Client) -> None:
    answers = {"a.about": "service", "asked": "ticket", "a.ticket": "  "}
    response = browser.post(reverse("portal:guide", args=["complaint"]), answers)
    assert response.status_code == 422
    assert "Please answer this question." in response.content.decode()


def test_a_hint_that_helped_needs_no_ticket_and_is_counted(browser: Client) -> None:
    shown = ask(browser, "printer", what="nothing", power="helped")
    assert "Good that it helped" in shown
    assert Guide.objects.get(key="printer").helped == 1
    assert not Ticket.objects.exists()


def filled(browser: Client) -> dict[str, str]:
    """Go to the end of a guide and return the values of the form it leads to."""
    url = reverse("portal:guide", args=["printer"])
    answers = {
        "what": "jam",
        "display": "E-13",
        "tray": "not_helped",
        "others": "no",
        "device": "DR-7",
        "room": "3.12",
    }
    response = browser.post(url, {f"a.{name}": value for name, value in answers.items()})
    page = response.content.decode()
    assert "E-13" in page
    assert 'value="DR-7"' in page
    carried = re.search(r'name="guide" value="([^"]*)"', page)
    assert carried
    return {
        "step": "send",
        "area": "printing",
        "category": "printing.printer",
        "body": "Printer\n\nWhat happens when you print? Paper jam",
        "urgency": "hindered",
        "impact": "group",
        "device": "DR-7",
        "once": "one",
        "guide": unescape(carried[1]),
    }


def test_the_report_is_filled_and_the_ticket_knows_the_answers(browser: Client) -> None:
    response = browser.post(reverse("portal:report"), filled(browser))
    assert response.status_code == 303
    ticket = Ticket.objects.get()
    run = ticket.guide_runs.get()
    assert (run.answers["others"], run.answers["display"], run.is_complete) == ("no", "E-13", True)
    assert (ticket.impact_id, ticket.device_label) == ("group", "DR-7")


def test_a_guest_brings_the_answers_too(desk: Desk) -> None:
    client = Client()
    values = filled(client) | {"name": "Gero Gast", "email": "gero@gast.example"}
    assert client.post(reverse("portal:report"), values).status_code == 303
    assert read_carried(GuestReport.objects.get().report["guide"])
    assert not GuideRun.objects.exists()


@pytest.mark.parametrize(
    "carried",
    [
        "{",
        "[]",
        "null",
        '{"version": true}',
        '{"version": 1e99, "answers": {}}',
        '{"version": 99999, "answers": {}}',
        '{"version": 7, "answers": [1]}',
        "[" * 50_000,
    ],
)
def test_a_bent_answer_never_stops_a_report(browser: Client, carried: str) -> None:
    response = browser.post(reverse("portal:report"), filled(browser) | {"guide": carried})
    assert response.status_code == 303
    assert not GuideRun.objects.exists()


def test_answers_that_the_guide_does_not_offer_are_left_out(browser: Client) -> None:
    values = filled(browser)
    bent = json.loads(values["guide"])
    bent["answers"] = {"what": "explodes", "<b>": "x", "display": 7}
    browser.post(reverse("portal:report"), values | {"guide": json.dumps(bent)})
    assert GuideRun.objects.get().answers == {}


def test_a_retired_guide_is_offered_no_longer(browser: Client, desk: Desk) -> None:
    knowledge.retire_guide(Guide.objects.get(key="printer"), by=SYSTEM, now=NOW)
    assert browser.get(reverse("portal:guide", args=["printer"])).status_code == 404
    assert "Printer does not" not in browser.get(reverse("portal:guides")).content.decode()
