"""Domain errors speak the reader's language and keep a stable code."""

from django.utils import translation
from django.utils.translation import gettext_lazy

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound


def test_codes_and_statuses_are_stable() -> None:
    assert [(cls.code, cls.status) for cls in (NotAllowed, NotFound, InvalidInput, Conflict)] == [
        ("not_allowed", 403),
        ("not_found", 404),
        ("invalid_input", 422),
        ("conflict", 409),
    ]


def test_placeholders_are_filled_from_the_parameters() -> None:
    error = DomainError(message="%(name)s is taken", name="Drucker")
    assert error.message == "Drucker is taken"
    assert error.params == {"name": "Drucker"}


def test_a_sentence_with_a_percent_sign_stays_as_it_is() -> None:
    assert DomainError(message="100 % sure", name="x").message == "100 % sure"


def test_the_message_is_translated_when_it_is_read() -> None:
    # Django's own catalogue, so that the test does not hang on ours.
    error = InvalidInput(fields={"mail": gettext_lazy("Enter a valid UUID.")})
    with translation.override("de"):
        assert error.fields == {"mail": "Bitte eine gültige UUID eingeben."}
    assert error.fields == {"mail": "Enter a valid UUID."}
