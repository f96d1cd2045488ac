"""Inviting people to the desk: role, team, link; sending again, withdrawing, accepting."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts import actions, policies, queries
from leitstelle.accounts.actions import InviteInput
from leitstelle.accounts.choices import Role
from leitstelle.accounts.errors import LinkNotValid
from leitstelle.accounts.models import Invitation, Person
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    as_agent,
    email,
    make_administrator,
    make_agent,
    make_person,
    make_team,
)
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.mail import OutboxMail

pytestmark = pytest.mark.django_db
BRUNO = "bruno@hafen.example"


def invite(**changes: object) -> tuple[Person, Invitation | None]:
    new = InviteInput(**{"name": "Bruno Bahr", "email": BRUNO, **changes})  # type: ignore[arg-type]
    return actions.invite_agent(new, by=SYSTEM, now=NOW)


def test_an_invitation_brings_role_team_and_link() -> None:
    team = make_team("Service Desk")
    person, invitation = invite(team=team, role=Role.TEAM_LEAD)
    assert invitation is not None
    assert invitation.expires_at == NOW + timedelta(days=7)
    assert set(person.grants.values_list("role", flat=True)) == {Role.TEAM_LEAD}
    assert team.memberships.get().is_lead
    assert not person.has_usable_password()
    codes = set(Event.objects.values_list("code", flat=True))
    assert {"person.created", "person.role_granted", "team.members_changed", "person.invited"} <= codes


def test_inviting_again_renews_instead_of_doubling() -> None:
    invite()
    person, invitation = invite()
    assert invitation is not None
    assert (Person.objects.count(), Invitation.objects.count(), invitation.number) == (1, 1, 2)
    assert person.grants.count() == 1


def test_whoever_can_sign_in_gets_the_role_and_no_link() -> None:
    make_person("Bruno Bahr", email(BRUNO), password=PASSWORD)
    person, invitation = invite()
    assert invitation is None
    assert person.grants.get().role == Role.AGENT


def test_refusals() -> None:
    agent = as_agent(make_agent("Nele", email("nele@x.example")))
    with pytest.raises(NotAllowed):
        actions.invite_agent(InviteInput(name="X", email="x@x.example"), by=agent, now=NOW)
    assert not policies.visible_invitations(agent).exists()
    with pytest.raises(InvalidInput) as wrong:
        invite(email="keine adresse")
    assert set(wrong.value.fields) == {"email"}
    with pytest.raises(InvalidInput):
        invite(role=Role.CUSTOMER_CONTACT)


def test_accepting_sets_the_password_and_proves_the_address_once() -> None:
    person, invitation = invite()
    assert invitation is not None
    accepted = actions.accept_invitation(invitation, PASSWORD, by=SYSTEM, now=NOW)
    assert accepted.check_password(PASSWORD)
    assert person.contact_points.get().verified_at is not None
    with pytest.raises(LinkNotValid):
        actions.accept_invitation(invitation, "anderes-Kennwort-9", by=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        actions.renew_invitation(invitation, by=SYSTEM, now=NOW)


def test_old_expired_and_withdrawn_links_do_nothing() -> None:
    invitation = invite()[1]
    assert invitation is not None
    key = str(invitation.public_id)
    assert queries.open_invitation(key, 1, now=NOW) == invitation
    assert queries.open_invitation(key, 1, now=NOW + timedelta(days=8)) is None
    actions.renew_invitation(invitation, by=SYSTEM, now=NOW)
    assert queries.open_invitation(key, 1, now=NOW) is None
    assert queries.open_invitation(key, 2, now=NOW) == invitation
    actions.withdraw_invitation(invitation, by=SYSTEM, now=NOW)
    assert queries.open_invitation(key, 2, now=NOW) is None
    with pytest.raises(LinkNotValid):
        actions.accept_invitation(invitation, PASSWORD, by=SYSTEM, now=NOW)


def sent_link() -> str:
    raw = read_blob(OutboxMail.objects.latest("pk").raw).decode().replace("=\r\n", "").replace("=3D", "=")
    found = re.search(r"http://testserver(/account/invitation/\S+)", raw)
    assert found
    return found[1]


def test_from_the_administrators_form_to_the_first_sign_in() -> None:
    admin = make_administrator("Anja", email("anja@x.example"))
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    data = {"name": "Bruno Bahr", "email": BRUNO, "role": Role.AGENT, "team": ""}
    assert client.post(reverse("accounts:admin-invitations"), data).status_code == 303
    page = client.get(reverse("accounts:admin-invitations")).content.decode()
    assert "data-copy=" in page
    visitor, link = Client(), sent_link()
    assert visitor.get(link).status_code == 200
    assert not Person.objects.get(display_name="Bruno Bahr").has_usable_password()
    short = visitor.post(link, {"password1": "kurz", "password2": "kurz"})
    assert short.status_code == 422
    done = visitor.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    assert visitor.get("/account/profile/").status_code == 200
    assert Client().get(link).status_code == 410
    assert Event.objects.filter(code="person.signed_in").count() == 1


def test_resending_needs_no_second_person() -> None:
    admin = make_administrator("Anja", email("anja@x.example"))
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    invitation = actions.invite_agent(InviteInput(name="B", email=BRUNO), by=SYSTEM, now=timezone.now())[1]
    assert invitation is not None
    again = reverse("accounts:admin-invitation-renew", args=[invitation.public_id])
    assert client.post(again).status_code == 303
    invitation.refresh_from_db()
    assert invitation.number == 2
    assert OutboxMail.objects.count() == 1
    gone = reverse("accounts:admin-invitation-withdraw", args=[invitation.public_id])
    assert client.post(gone).status_code == 303
    assert client.get(sent_link()).status_code == 410


def test_a_wrong_password_is_noted_for_whom_it_was_typed() -> None:
    person = make_person("Ole", email("ole@x.example"), password=PASSWORD)
    for address in ("ole@x.example", "niemand@x.example"):
        Client().post(reverse("account_login"), {"login": address, "password": "falsch-falsch-1"})
    event = Event.objects.get(code="person.sign_in_failed")
    assert event.subject_id == person.pk
