"""The table of environment variables: parsing, refusals that show no secret, and its documentation."""

import re
from pathlib import Path

import pytest

from leitstelle.config import env, env_values
from leitstelle.config.texts import TERMINAL_VARIABLES

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("LEITSTELLE_PORT", "8080", 8080),
        ("LEITSTELLE_DEMO", "ja", True),
        ("LEITSTELLE_DEMO", "", False),
        ("LEITSTELLE_MAX_UPLOAD", "25M", 25 * 1024 * 1024),
        ("LEITSTELLE_MAX_UPLOAD", "2 kb", 2048),
        ("LEITSTELLE_MAX_UPLOAD", "1000", 1000),
        ("LEITSTELLE_ALLOWED_HOSTS", "a.example, b.example", ("a.example", "b.example")),
        ("LEITSTELLE_BASE_URL", "https://desk.example/", "https://desk.example"),
        ("LEITSTELLE_TIME_ZONE", "Europe/Vienna", "Europe/Vienna"),
        ("DATABASE_URL", "", None),
        ("LEITSTELLE_SMTP_URL", "", None),
    ],
)
def test_values_are_understood(name: str, raw: str, value: object) -> None:
    assert env.read(name, {name: raw}) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("LEITSTELLE_PORT", "70000"),
        ("LEITSTELLE_PORT", "http"),
        ("LEITSTELLE_DEMO", "perhaps"),
        ("LEITSTELLE_MAX_UPLOAD", "0"),
        ("LEITSTELLE_BASE_URL", "desk.example"),
        ("LEITSTELLE_TIME_ZONE", "Berlin"),
        ("LEITSTELLE_LANGUAGE", "fr"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("LEITSTELLE_SMTP_URL", "http://u:hunter2@h"),
    ],
)
def test_refusals_name_the_variable_and_never_a_secret(name: str, raw: str) -> None:
    with pytest.raises(env.ConfigurationError, match=name) as caught:
        env.read(name, {name: raw})
    assert "hunter2" not in str(caught.value)


def test_every_default_can_be_read() -> None:
    for variable in env.TABLE:
        variable.read({})


def test_database_address_keeps_encoded_password_and_options() -> None:
    value = env.read(
        "DATABASE_URL", {"DATABASE_URL": "postgresql://desk:p%40ss@db:5433/desk?sslmode=require"}
    )
    assert value == {
        "NAME": "desk",
        "USER": "desk",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("raw", "port", "security"),
    [
        ("smtp://mail.example", 25, "none"),
        ("smtp+starttls://mail.example", 587, "starttls"),
        ("smtps://mail.example", 465, "tls"),
        ("smtp://mail.example:2525", 2525, "none"),
    ],
)
def test_smtp_addresses(raw: str, port: int, security: str) -> None:
    address = env_values.smtp_address(raw)
    assert address == env_values.SmtpAddress("mail.example", port, security=security)


def test_smtp_password_is_not_in_repr() -> None:
    address = env_values.smtp_address("smtp://me:hunter2@mail.example")
    assert address is not None
    assert address.password == "hunter2"
    assert "hunter2" not in repr(address)


def test_documentation_holds_exactly_the_table() -> None:
    assert env.documentation() in (ROOT / "docs" / "configuration.md").read_text("utf-8")


def test_no_other_variable_is_read_anywhere() -> None:
    """A variable that is not in the table would be undocumented."""
    package = ROOT / "src" / "leitstelle"
    access = re.compile(r"""(?:environ(?:\.get|\.pop|\.setdefault)?[(\[]|getenv\()\s*["'](\w+)["']""")
    of_the_system = {"DJANGO_SETTINGS_MODULE", *TERMINAL_VARIABLES}
    found = {
        (str(path.relative_to(package)), name)
        for path in package.rglob("*.py")
        if "tests" not in path.parts and path.name != "conftest.py"
        for name in access.findall(path.read_text("utf-8"))
    }
    assert not {(path, name) for path, name in found if name not in env.BY_NAME and name not in of_the_system}
