"""Small pictures of files where they are read: in the workspace, in the portal and when a message is passed on."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from leitstelle.intake.tests.portal import portal_desk, signed_in
from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.previews import draw_waiting
from leitstelle.tickets.models import Attachment
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return portal_desk()


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(out, "PNG")
    return SimpleUploadedFile("Anzeige.png", out.getvalue(), content_type="image/png")


def reported(desk: Desk) -> Attachment:
    ticket = desk.open(now=timezone.now())
    answer = {"body": "Das steht auf der Anzeige", "uploads": [photo()]}
    signed_in(desk.requester).post(f"/portal/reports/{ticket.public_id}/answer/", answer)
    return Attachment.objects.get()


def test_a_photo_is_shown_small_to_whoever_may_read_it(desk: Desk) -> None:
    file = reported(desk)
    requester, agent, outsider = (signed_in(one) for one in (desk.requester, desk.agent, desk.outsider))
    report, ticket = f"/portal/reports/{file.message.ticket.public_id}/", file.message.ticket.public_id
    places = [
        (requester, report, f"/portal/files/{file.public_id}/"),
        (agent, f"/tickets/{ticket}/", f"/files/{file.public_id}/"),
        (agent, f"/tickets/{ticket}/?forward={file.message.public_id}", f"/files/{file.public_id}/"),
    ]
    for client, page, small in places:
        assert f"{small}?preview" not in client.get(page).text
        assert client.get(f"{small}?preview").status_code == 404
    draw_waiting(timezone.now())
    for client, page, small in places:
        shown = client.get(page).text
        assert f"{small}?preview" in shown
        assert "Preview of Anzeige.png" in shown
        answer = client.get(f"{small}?preview")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert outsider.get(f"{small}?preview").status_code == 404


def test_an_infected_photo_is_not_shown_small(desk: Desk) -> None:
    file = reported(desk)
    draw_waiting(timezone.now())
    Blob.objects.filter(pk=file.blob_id).update(scan_state=ScanState.INFECTED, scan_detail="Eicar")
    client = signed_in(desk.agent)
    assert "?preview" not in client.get(f"/tickets/{file.message.ticket.public_id}/").text
    assert client.get(f"/files/{file.public_id}/?preview").status_code == 404
