"""The warning that something may be reported already, filtered by what its reader may see."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.actions import SiteInput, save_site
from leitstelle.accounts.tests.cast import as_requester
from leitstelle.intake.tests.factories import desk as house
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.queries.duplicates import already_reported

pytestmark = pytest.mark.django_db
TEXT = "Der Drucker im Flur druckt nur noch leere Seiten."


@pytest.fixture
def desk() -> Desk:
    found = make_desk()
    house()
    found.open(
        "Drucker druckt leere Seiten", now=timezone.now(), text="Der Drucker im Flur druckt nur leere Seiten."
    )
    found.open("Monitor flackert", now=timezone.now(), text="Der zweite Monitor am Empfang flackert.")
    return found


def subjects(desk: Desk, *, as_whom: str = "agent", of: str = "requester") -> list[str]:
    viewer = desk.as_agent() if as_whom == "agent" else desk.as_requester()
    found = already_reported(viewer, TEXT, person_id=getattr(desk, of).pk, now=timezone.now())
    return [one.ticket.subject for one in found]


def test_the_same_person_and_the_same_place_are_warned(desk: Desk) -> None:
    assert subjects(desk) == ["Drucker druckt leere Seiten"]
    assert subjects(desk, of="colleague") == ["Drucker druckt leere Seiten"]
    assert subjects(desk, of="outsider") == []
    assert already_reported(desk.as_agent(), "kurz", person_id=desk.requester.pk, now=timezone.now()) == []


def test_nobody_learns_of_tickets_they_may_not_see(desk: Desk) -> None:
    """Trap 53: a warning leaks nothing."""
    assert subjects(desk, as_whom="requester") == ["Drucker druckt leere Seiten"]
    other = as_requester(desk.colleague)
    assert already_reported(other, TEXT, person_id=desk.colleague.pk, now=timezone.now()) == []


def test_the_forms_say_so(desk: Desk, client: Client) -> None:
    client.force_login(desk.agent)
    assert reverse("intake:like") in client.get(reverse("tickets:new")).content.decode()
    assert reverse("intake:like") in client.get(reverse("intake:call")).content.decode()
    sent = {"person": str(desk.requester.pk), "subject": "Drucker", "text": TEXT}
    assert "Drucker druckt leere Seiten" in client.post(reverse("intake:like"), sent).content.decode()
    typed = {"requester": "miriam.brandt@werk-nord.example", "text": TEXT}
    assert "Drucker druckt leere Seiten" in client.post(reverse("intake:like"), typed).content.decode()
    client.force_login(desk.requester)
    report = {"step": "check", "body": TEXT, "urgency": "hindered", "impact": "person", "once": "x"}
    assert "Drucker druckt leere Seiten" in client.post(reverse("portal:report"), report).content.decode()


def test_a_poster_fills_in_site_and_device(desk: Desk, client: Client) -> None:
    client.force_login(desk.requester)
    page = client.get(reverse("portal:report"), {"area": "printing", "device": "PRN-0042", "place": "Flur 2"})
    text = page.content.decode()
    assert "PRN-0042" in text
    assert "Flur 2" in text


def test_posters_lead_to_the_form(desk: Desk, client: Client) -> None:
    site = save_site(desk.organisation, SiteInput(name="Leipzig"), by=Viewer.system(), now=timezone.now())
    client.force_login(desk.agent)
    poster = client.get(reverse("intake:site-poster", args=[site.public_id])).content.decode()
    assert "Leipzig" in poster
    assert "<svg" in poster
    customer = client.get(reverse("accounts:organisation", args=[desk.organisation.public_id]))
    assert reverse("intake:site-poster", args=[site.public_id]) in customer.content.decode()
    assert client.get(reverse("intake:site-poster", args=[uuid4()])).status_code == 404
