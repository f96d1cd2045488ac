"""Keeping guides: drafts, versions, shipped ones, files, and who may."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, make_administrator, make_agent
from leitstelle.catalog import actions as catalog
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.viewer import Viewer
from leitstelle.knowledge import actions
from leitstelle.knowledge.errors import GuideKeyTaken, GuideNotReadable
from leitstelle.knowledge.models import Guide, GuideVersion
from leitstelle.knowledge.policies import visible_guides
from leitstelle.knowledge.queries import find_guides, guide_in_force, guides_of_area
from leitstelle.knowledge.rules.reading import read_guide
from leitstelle.knowledge.views.guides import EXAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _scales() -> None:
    catalog.ensure_defaults(NOW)


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(make_administrator(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def codes(guide: Guide) -> list[str]:
    return [event.code for event in events_for(Subject("guide", guide.pk))]


def example() -> Guide:
    return actions.create_guide(EXAMPLE, by=SYSTEM, now=NOW)


def test_a_draft_counts_once_it_is_published_and_versions_stay() -> None:
    guide = example()
    assert guide_in_force("projector") is None
    actions.publish_guide(guide, by=SYSTEM, now=NOW)
    first = guide_in_force("projector")
    assert first
    changed = EXAMPLE.replace("Beamer zeigt kein Bild", "Beamer dunkel")
    actions.change_guide(guide, changed, by=SYSTEM, now=NOW)
    still = guide_in_force("projector")
    assert still
    assert still.guide.title.de == "Beamer zeigt kein Bild"
    actions.publish_guide(guide, by=SYSTEM, now=NOW)
    actions.publish_guide(guide, by=SYSTEM, now=NOW)  # nothing new
    second = guide_in_force("projector")
    assert second
    assert (second.number, second.guide.title.de) == (2, "Beamer dunkel")
    assert first.guide.title.de == "Beamer zeigt kein Bild"
    assert codes(guide) == ["guide.created", "guide.published", "guide.drafted", "guide.published"]


def test_two_editors_do_not_overwrite_each_other() -> None:
    guide = example()
    seen = guide.version
    actions.change_guide(guide, EXAMPLE + "\n# one\n", version=seen, by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        actions.change_guide(guide, EXAMPLE + "\n# two\n", version=seen, by=SYSTEM, now=NOW)


def test_a_key_is_one_guide_for_ever() -> None:
    guide = example()
    with pytest.raises(GuideKeyTaken):
        example()
    with pytest.raises(GuideKeyTaken):
        actions.change_guide(guide, EXAMPLE.replace("key: projector", "key: beamer"), by=SYSTEM, now=NOW)


def test_what_a_guide_names_has_to_exist_in_this_house() -> None:
    guide = example()
    Category.objects.filter(key="workplace.display").update(is_active=False)
    with pytest.raises(GuideNotReadable):
        actions.publish_guide(guide, by=SYSTEM, now=NOW)


def test_only_leads_and_administrators_keep_guides() -> None:
    agent = as_agent(make_agent("Jonas Wendt"))
    with pytest.raises(NotAllowed):
        actions.create_guide(EXAMPLE, by=agent, now=NOW)
    guide = example()
    for change in (actions.publish_guide, actions.retire_guide, actions.restore_guide, actions.export_guide):
        with pytest.raises(NotAllowed):
            change(guide, by=agent, now=NOW)
    assert not visible_guides(agent).exists()
    assert not visible_guides(Viewer.guest()).exists()


def test_shipped_guides_come_once_and_leave_changes_alone() -> None:
    assert actions.ensure_defaults(NOW) == 25
    printer = Guide.objects.get(key="printer")
    actions.change_guide(printer, printer.draft + "\n# ours\n", by=SYSTEM, now=NOW)
    actions.retire_guide(printer, by=SYSTEM, now=NOW)
    assert actions.ensure_defaults(NOW) == 0
    printer.refresh_from_db()
    assert not printer.is_active
    assert "# ours" in printer.draft
    assert guide_in_force("printer") is None
    assert [one.guide.key for one in find_guides("Drucker", "de")] == []
    assert {one.guide.key for one in guides_of_area("printing", "de")} == {"scanner"}


def test_every_shipped_guide_names_what_the_shipped_catalogue_has() -> None:
    actions.ensure_defaults(NOW)
    for guide in Guide.objects.all():
        actions.change_guide(guide, guide.draft + "\n# same\n", by=SYSTEM, now=NOW)


def test_the_editor_tells_what_is_wrong_and_shows_what_is_right(browser: Client) -> None:
    url = reverse("knowledge:guide-preview")
    good = browser.post(url, {"source": EXAMPLE}).content.decode()
    assert "Is the lamp of the device on?" in good
    assert "question 3" in good
    bad = browser.post(url, {"source": EXAMPLE.replace("next: room", "next: attic")}).content.decode()
    assert "question.lamp.answers.no.next" in bad
    assert "attic" in bad
    saved = browser.post(
        reverse("knowledge:guide-new"), {"source": EXAMPLE.replace("de: Beamer", "de: Beamer: Lampe")}
    )
    assert saved.status_code == 422
    assert "Line 3, column" in saved.content.decode()
    assert not Guide.objects.exists()
    assert browser.post(reverse("knowledge:guide-new"), {"source": EXAMPLE}).status_code == 303
    guide = Guide.objects.get()
    assert browser.post(reverse("knowledge:guide-publish", args=[guide.public_id])).status_code == 303
    assert guide_in_force("projector")


def test_guides_go_out_and_in_as_files(browser: Client) -> None:
    guide = example()
    out = browser.post(reverse("knowledge:guide-export", args=[guide.public_id]))
    assert 'filename="projector.yaml"' in out.headers["Content-Disposition"]
    changed = out.content.replace(b"Beamer zeigt kein Bild", b"Beamer dunkel").replace(b"\n", b"\r\n")
    files = [
        SimpleUploadedFile("a.yaml", changed),
        SimpleUploadedFile("b.yml", EXAMPLE.replace("key: projector", "key: canvas").encode()),
        SimpleUploadedFile("c.yaml", b"\xff\xfe broken"),
        SimpleUploadedFile("d.yaml", b"key: 7"),
    ]
    shown = browser.post(reverse("knowledge:guide-import"), {"uploads": files})
    assert shown.status_code == 422
    text = shown.content.decode()
    assert "c.yaml" in text
    assert "d.yaml" in text
    guide.refresh_from_db()
    assert guide.title_de == "Beamer dunkel"
    assert Guide.objects.filter(key="canvas", published=0).exists()
    assert codes(guide)[-2:] == ["guide.exported", "guide.drafted"]


def test_guides_kept_as_toml_are_written_as_yaml() -> None:
    told = """key = "lamp"
[title]
de = "Lampe: aus"
en = "Lamp"
[[question]]
key = "on"
kind = "yes_no"
ask = {de = "Leuchtet sie?", en = "Is it on?"}
answers = [{key = "no", next = "room"}]
[[question]]
key = "room"
kind = "text"
ask = {de = "Wo?", en = "Where?"}
"""
    guide = Guide.objects.create(key="lamp", title_de="Lampe: aus", title_en="Lamp", draft=told, published=1)
    GuideVersion.objects.create(guide=guide, number=1, source=told, at=NOW)
    other = example()
    import_module("leitstelle.knowledge.migrations.0002_guides_in_yaml").write_yaml(apps, None)
    guide.refresh_from_db()
    read = read_guide(guide.draft)
    assert (read.title.de, read.questions[0].answers[1].next) == ("Lampe: aus", "room")
    assert guide.versions.get().source == guide.draft
    other.refresh_from_db()
    assert other.draft == EXAMPLE
