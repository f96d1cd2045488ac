"""Secrets: unreadable in the database, readable with any of the keys, bound to their purpose."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.signing import BadSignature, SignatureExpired
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from leitstelle.kernel.secrets import EncryptedField, Secret, Unreadable, reseal, seal, sign, unseal, unsign
from leitstelle.kernel.secrets.management.commands.rotate_secrets import rotate


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(text: str) -> None:
    assert unseal(seal(text)) == text


def test_a_sealed_text_shows_nothing_and_is_never_the_same_twice() -> None:
    assert "hunter2" not in seal("hunter2")
    assert seal("hunter2") != seal("hunter2")


@pytest.mark.parametrize("damage", ["", "plain", "enc1:", "enc1:abc", "enc1:äöü"])
def test_what_was_not_sealed_or_is_damaged_is_unreadable(damage: str) -> None:
    with pytest.raises(Unreadable):
        unseal(damage)


def test_a_changed_character_is_noticed() -> None:
    sealed = seal("hunter2")
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    with pytest.raises(Unreadable):
        unseal(changed)


def test_keys_are_changed_step_by_step(settings: Settings) -> None:
    under_secret_key = seal("a")
    settings.ENCRYPTION_KEYS = ("first",)
    under_first = seal("b")
    assert unseal(under_secret_key) == "a"
    settings.ENCRYPTION_KEYS = ("second", "first")
    moved = reseal(under_first)
    settings.ENCRYPTION_KEYS = ("second",)
    assert unseal(moved) == "b"
    with pytest.raises(Unreadable):
        unseal(under_first)


def test_an_old_secret_key_still_opens(settings: Settings) -> None:
    sealed = seal("a")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert unseal(sealed) == "a"


def test_a_signature_holds_for_its_purpose_and_its_time() -> None:
    signed = sign("10427", "message-id")
    assert unsign(signed, "message-id", timedelta(hours=1)) == "10427"
    with pytest.raises(BadSignature):
        unsign(signed, "guest-link")
    with pytest.raises(BadSignature):
        unsign("1" + signed, "message-id")
    with mock.patch("time.time", return_value=4e9), pytest.raises(SignatureExpired):
        unsign(signed, "message-id", max_age=60)


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("hunter2")
    assert (repr(secret), f"{[secret]}", str(secret), secret == "hunter2") == (
        "Secret('***')",
        "[Secret('***')]",
        "hunter2",
        True,
    )


@pytest.mark.django_db(transaction=True)
def test_the_field_stores_nothing_readable_and_moves_to_new_keys(settings: Settings) -> None:
    with isolate_apps("leitstelle.kernel.secrets"):

        class Account(models.Model):
            password = EncryptedField(blank=True)

            objects: models.Manager["Account"] = models.Manager()

            class Meta:
                app_label = "secrets"

            def __str__(self) -> str:
                return "account"

        with connection.schema_editor() as editor:
            editor.create_model(Account)
        try:
            Account.objects.create(password="hunter2")
            Account.objects.create(password="")
            with connection.cursor() as cursor:
                cursor.execute("SELECT password FROM secrets_account ORDER BY id")
                stored = [row[0] for row in cursor.fetchall()]
            assert stored[0].startswith("enc1:")
            assert "hunter2" not in stored[0]
            assert stored[1:] == [""]
            read = list(Account.objects.order_by("id").values_list("password", flat=True))
            assert read == ["hunter2", ""]
            assert "hunter2" not in repr(read)
            assert Account.objects.filter(password__isnull=False).count() == 2
            with pytest.raises(TypeError, match="no lookup"):
                Account.objects.filter(password="hunter2").exists()

            settings.ENCRYPTION_KEYS = ("new",)
            assert rotate(Account, "password") == 1
            settings.SECRET_KEY = "lost"
            assert Account.objects.order_by("id").values_list("password", flat=True)[0] == "hunter2"
            settings.ENCRYPTION_KEYS = ()
            with pytest.raises(Unreadable):
                list(Account.objects.all())
        finally:
            with connection.schema_editor() as editor:
                editor.delete_model(Account)
