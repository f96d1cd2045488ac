"""The viewer: who acts in the journal's eyes, and who is nobody."""

import pytest
from django.test import RequestFactory

from leitstelle.kernel import viewer as viewers
from leitstelle.kernel.events import Actor
from leitstelle.kernel.viewer import Hat, Viewer


def test_the_journal_names_the_person_the_token_or_the_system() -> None:
    assert Viewer(person_id=7, hat=Hat.AGENT).actor == Actor("person", "7")
    assert Viewer(person_id=7, hat=Hat.AGENT, token_id="k1").actor == Actor("token", "k1")
    assert Viewer.system().actor == Actor("system", "")
    assert Viewer.guest().actor == Actor("system", "guest")


def test_a_guest_is_a_requester_without_any_right() -> None:
    guest = Viewer.guest(language="en")
    assert (guest.hat, guest.person_id, guest.is_admin, guest.is_system) == (
        Hat.REQUESTER,
        None,
        False,
        False,
    )


def test_without_an_answer_a_request_is_a_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers, "_resolvers", {})
    monkeypatch.setattr(viewers, "_token_resolvers", {})
    request = RequestFactory().get("/")
    assert viewers.resolve(request) == Viewer.guest()
    assert viewers.resolve_token(request, "x") is None
    erika = Viewer(person_id=7, hat=Hat.AGENT)
    viewers.register_resolver(lambda request: erika)
    viewers.register_token_resolver(lambda request, token: erika if token == "right" else None)
    assert viewers.resolve(request) == erika
    assert viewers.resolve_token(request, "wrong") is None
    assert viewers.resolve_token(request, "right") == erika
