"""Sign-in from end to end through the browser's door: pages, mails, links, limits."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts import actions, queries
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import (
    NOW,
    PASSWORD,
    SYSTEM,
    email,
    make_agent,
    make_person,
    point_of,
)
from leitstelle.accounts.views import guard
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.mail import OutboxMail

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "Regenbogen-Hafen-42"
LINK = re.compile(r"http://testserver(/account/\S+)")


def sign_in(client: Client, address: str, password: str = PASSWORD, **more: str) -> str:
    response = client.post(reverse("account_login"), {"login": address, "password": password, **more})
    return (
        response.headers.get("Location", "")
        if response.status_code in {302, 303}
        else str(response.status_code)
    )


def mails_to(address: str) -> list[OutboxMail]:
    return [
        mail for mail in OutboxMail.objects.order_by("id") if mail.recipients.filter(address=address).exists()
    ]


def text_of(mail: OutboxMail) -> str:
    message = message_from_bytes(read_blob(mail.raw), policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def link_in(mail: OutboxMail) -> str:
    found = LINK.search(text_of(mail))
    assert found, text_of(mail)
    return found[1]


def signed_in_as(client: Client) -> int | None:
    value = client.session.get("_auth_user_id")
    return int(value) if value else None


def test_every_verified_address_signs_in_and_no_other(client: Client) -> None:
    person = make_person(
        "Eva Brandt", email("Eva@Example.org"), email("eva@bücher.example"), password=PASSWORD
    )
    assert sign_in(client, "eva@bücher.example") == "422"
    actions.verify_contact_point(person.contact_points.order_by("-id")[0], by=SYSTEM, now=NOW)
    for address in ("EVA@example.org", "eva@bücher.example", "eva@xn--bcher-kva.example"):
        assert sign_in(client, address).startswith("/")
        assert signed_in_as(client) == person.pk
        client.post(reverse("account_logout"))
        assert signed_in_as(client) is None


def test_hats_lead_to_their_own_start_page(client: Client, settings: object) -> None:
    settings.WORKSPACE_HOME, settings.PORTAL_HOME = "accounts:admin-people", "accounts:tokens"  # type: ignore[attr-defined]
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    make_agent("Jan Otte", email("jan@example.org"), password=PASSWORD)
    assert sign_in(client, "jan@example.org") == reverse("accounts:admin-people")
    client.post(reverse("account_logout"))
    assert sign_in(client, "eva@example.org") == reverse("accounts:tokens")


def test_next_stays_on_this_server(client: Client) -> None:
    make_agent("Jan Otte", email("jan@example.org"), password=PASSWORD)
    assert sign_in(client, "jan@example.org", next="/administration/people/") == "/administration/people/"
    client.post(reverse("account_logout"))
    assert "evil" not in sign_in(client, "jan@example.org", next="https://evil.example/")


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "accounts:sent"]
)
def test_pages_for_guests_need_no_script(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200
    page = response.content.decode()
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    assert 'lang="' in page


def test_unknown_and_known_addresses_look_the_same(client: Client) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    actions.ensure_person_for_address("otte@example.org", "Jan Otte", by=SYSTEM, now=NOW)
    for name, field in (("account_signup", "email"), ("account_reset_password", "email")):
        seen = set()
        for address in ("eva@example.org", "otte@example.org", "nobody@example.org"):
            response = client.post(reverse(name), {field: address}, follow=True)
            text = re.sub(
                r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", response.content.decode()
            )
            seen.add((response.status_code, str(response.redirect_chain), address in text))
        assert len(seen) == 1
    wrong = {
        sign_in(Client(), address, "falsch")
        for address in ("eva@example.org", "otte@example.org", "nobody@x.org")
    }
    assert wrong == {"422"}
    # Everybody who asked got a mail, so the time an answer takes tells nothing either.
    assert {len(mails_to(a)) for a in ("eva@example.org", "otte@example.org", "nobody@example.org")} == {2}


def test_somebody_who_wrote_before_claims_the_person(client: Client) -> None:
    person, _ = actions.ensure_person_for_address("eva@example.org", "Eva Brandt", by=SYSTEM, now=NOW)
    client.post(reverse("account_signup"), {"email": "Eva@Example.org"})
    assert Person.objects.count() == 1
    assert not EmailAddress.objects.exists()
    link = link_in(mails_to("eva@example.org")[0])
    # A link scanner opens the page; that changes nothing.
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.exists()
    weak = client.post(link, {"password1": "12345", "password2": "12345"})
    assert weak.status_code == 422
    response = client.post(link, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert response.status_code in {302, 303}
    assert signed_in_as(client) == person.pk
    assert point_of(person).verified_at
    # Used once, it is of no more use.
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 410
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


def test_a_stranger_exists_only_after_the_link(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    assert Person.objects.count() == 0
    link = link_in(mails_to("new@example.org")[0])
    missing = client.post(link, {"name": "", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert missing.status_code == 422
    client.post(link, {"name": "Neue Person", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert Person.objects.get().display_name == "Neue Person"
    assert signed_in_as(client) == Person.objects.get().pk


def test_forged_and_old_links_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    link = link_in(mails_to("new@example.org")[0])
    assert client.get(link.replace("confirm/", "confirm/x")).status_code == 410
    monkeypatch.setattr("leitstelle.accounts.views.links.VALID_FOR", timedelta(seconds=-1))
    assert client.get(link).status_code == 410


def test_whoever_has_an_account_is_told_so_by_mail(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    client.post(reverse("account_signup"), {"email": "eva@example.org"})
    text = text_of(mails_to("eva@example.org")[0])
    assert "/account/confirm/" not in text
    assert reverse("account_login") in text
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_password_reset_by_mail(client: Client) -> None:
    person = make_person("Eva <b>Brandt</b>", email("eva@example.org"), password=PASSWORD)
    other = Client()
    sign_in(other, "eva@example.org")
    client.post(reverse("account_reset_password"), {"email": "EVA@example.org"})
    mail = mails_to("eva@example.org")[0]
    assert "<b>Brandt</b>" in text_of(mail)
    page = client.get(link_in(mail), follow=True)
    assert page.status_code == 200
    action = page.redirect_chain[-1][0]
    assert client.post(action, {"password1": "kurz", "password2": "kurz"}).status_code == 422
    done = client.post(action, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True)
    assert done.status_code == 200
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)
    # Other devices are signed out, and the link is spent.
    assert other.get(reverse("accounts:profile")).status_code in {302, 303}
    assert "password1" not in client.get(link_in(mail), follow=True).content.decode()
    assert sign_in(Client(), "eva@example.org", PASSWORD) == "422"
    assert sign_in(Client(), "eva@example.org", NEW_PASSWORD).startswith("/")


def test_mails_speak_the_language_of_the_person(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    Person.objects.filter(pk=person.pk).update(language="en")
    client.post(
        reverse("account_reset_password"), {"email": "eva@example.org"}, headers={"Accept-Language": "de"}
    )
    assert mails_to("eva@example.org")[0].subject == "Choose a new password"


def test_deactivated_people_stay_outside(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    actions.deactivate_person(person, by=SYSTEM, now=NOW)
    assert client.get(reverse("accounts:profile")).status_code in {302, 303}
    assert "inactive" in sign_in(Client(), "eva@example.org")
    Client().post(reverse("account_reset_password"), {"email": "eva@example.org"})
    assert "password/reset/key" not in "".join(text_of(mail) for mail in mails_to("eva@example.org"))


def test_guessing_is_slowed_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    monkeypatch.setattr(guard, "SIGN_IN_PER_ADDRESS", (2, timedelta(days=3650)))
    assert [sign_in(Client(), "EVA@example.org", "falsch") for _ in range(2)] == ["422", "422"]
    assert sign_in(client, "eva@example.org") == "422"
    assert signed_in_as(client) is None


def test_nobody_is_bombed_with_mails(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAILS_PER_ADDRESS", (1, timedelta(days=3650)))
    answers = {
        client.post(reverse("account_signup"), {"email": "a@example.org"}).status_code for _ in range(3)
    }
    assert answers == {303}
    assert len(mails_to("a@example.org")) == 1
    monkeypatch.setattr(guard, "MAILS_PER_MACHINE", (0, timedelta(hours=1)))
    assert client.post(reverse("account_signup"), {"email": "b@example.org"}).status_code == 429


def test_an_added_address_counts_after_its_link_only(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    client.post(reverse("accounts:contact-add"), {"new-kind": "email", "new-value": "E.B@example.org"})
    # Until then mail from there is somebody else's, or its owner's tickets would open to Eva.
    assert queries.find_by_email("e.b@example.org") is None
    link = link_in(mails_to("e.b@example.org")[0])
    assert client.get(link).status_code == 200
    assert queries.find_by_email("e.b@example.org") is None
    client.post(link)
    assert queries.find_by_email("e.b@example.org") == person
    assert EmailAddress.objects.get(email="e.b@example.org").user_id == person.pk


def test_nobody_confirms_an_address_for_somebody_else(client: Client) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    make_person("Boss", email("boss@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    client.post(reverse("accounts:contact-add"), {"new-kind": "email", "new-value": "private@boss.example"})
    link = link_in(mails_to("private@boss.example")[0])
    guest = Client()
    assert "/account/login/" in guest.post(link).headers["Location"]
    sign_in(guest, "boss@example.org")
    assert guest.post(link).status_code == 410
    actions.ensure_person_for_address("private@boss.example", "Boss", by=SYSTEM, now=NOW)
    assert client.post(link).status_code == 410
    assert not EmailAddress.objects.filter(email="private@boss.example").exists()


def test_numbers_are_added_at_once(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    assert (
        client.post(reverse("accounts:contact-add"), {"new-kind": "phone", "new-value": "4711"}).status_code
        == 422
    )
    client.post(reverse("accounts:contact-add"), {"new-kind": "mobile", "new-value": "0171 1234567"})
    assert queries.find_by_phone("+491711234567") == [person]


def test_adding_a_foreign_address_tells_nothing_and_changes_nothing(client: Client) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    make_person("Jan Otte", email("jan@example.org"))
    sign_in(client, "eva@example.org")
    pages = []
    for address in ("jan@example.org", "free@example.org"):
        data = {"new-kind": "email", "new-value": address, "new-label": ""}
        response = client.post(reverse("accounts:contact-add"), data, follow=True)
        pages.append("If the address is free" in response.content.decode())
    assert pages == [True, True]
    assert not mails_to("jan@example.org")


def test_profile_is_saved_and_shown(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    data = {"language": "en", "time_zone": "Europe/Zurich", "theme": "dark", "density": "compact"}
    response = client.post(reverse("accounts:profile"), data)
    assert response.status_code == 303
    assert response.cookies["leitstelle_theme"].value == "dark"
    person.refresh_from_db()
    assert (person.language, person.time_zone, person.single_keys) == ("en", "Europe/Zurich", False)
    bad = client.post(reverse("accounts:profile"), data | {"time_zone": "Mars/Base"})
    assert bad.status_code == 422


def test_the_last_address_that_signs_in_stays(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    client.post(reverse("accounts:contact-remove", args=[point_of(person).pk]))
    assert person.contact_points.count() == 1


def test_nobody_reaches_the_addresses_of_others(client: Client) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    foreign = point_of(make_person("Jan Otte", email("jan@example.org")))
    sign_in(client, "eva@example.org")
    for name in ("contact-remove", "contact-primary", "contact-verify"):
        assert client.post(reverse(f"accounts:{name}", args=[foreign.pk])).status_code == 404
    assert not mails_to("jan@example.org")


def test_password_change_keeps_this_device(client: Client) -> None:
    person = make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    data = {"oldpassword": "falsch", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(reverse("account_change_password"), data).status_code == 422
    response = client.post(reverse("account_change_password"), data | {"oldpassword": PASSWORD})
    assert response.status_code in {302, 303}
    assert client.get(reverse("accounts:profile")).status_code == 200
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


def test_reading_pages_writes_no_session(client: Client, django_assert_max_num_queries: object) -> None:
    make_person("Eva Brandt", email("eva@example.org"), password=PASSWORD)
    sign_in(client, "eva@example.org")
    client.get(reverse("accounts:profile"))
    with django_assert_max_num_queries(12) as captured:  # type: ignore[operator]
        client.get(reverse("accounts:profile"))
    assert not [
        query for query in captured.captured_queries if re.match(r"(?i)(insert|update|delete)", query["sql"])
    ]


def test_tokens_are_shown_once(client: Client) -> None:
    agent = make_agent("Jan Otte", email("jan@example.org"), password=PASSWORD)
    sign_in(client, "jan@example.org")
    page = client.post(
        reverse("accounts:tokens"), {"name": "Telefon", "scopes": ["read"], "days": "90"}
    ).content.decode()
    text = re.search(r"lst_[\w-]{20,}", page)
    assert text
    assert text[0] not in client.get(reverse("accounts:tokens")).content.decode()
    token = agent.api_tokens.get()
    assert token.expires_at
    assert token.expires_at > timezone.now() + timedelta(days=89)
    client.post(reverse("accounts:token-revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at


def test_there_is_no_missing_migration() -> None:
    call_command("makemigrations", "accounts", "catalog", check=True, dry_run=True, verbosity=0)


def test_demo_sign_ins_are_offered_in_the_demo_only(client: Client, settings: object) -> None:
    make_person("Lena Behrens", email("lena.behrens@nordelbe.example"), password=PASSWORD)
    assert "lena.behrens@nordelbe.example" not in client.get(reverse("account_login")).content.decode()
    settings.DEMO, settings.DEMO_SIGN_INS = True, f"{__name__}.offered"  # type: ignore[attr-defined]
    page = client.get(reverse("account_login")).content.decode()
    assert "Lena Behrens" in page
    assert sign_in(client, "lena.behrens@nordelbe.example").startswith("/")


def offered() -> list[SimpleNamespace]:
    """A stand-in for the demo company, which this domain does not know."""
    address = "lena.behrens@nordelbe.example"
    return [SimpleNamespace(role="agent_first", name="Lena Behrens", email=address, password=PASSWORD)]
