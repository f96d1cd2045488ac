"""Mails as they really arrive, written for these tests (`mails/`), with what must be understood of each.

Keys of `expected.json`: a path into the JSON object of `leitstelle mail inspect`; `~` at its end: contains,
`!`: does not contain.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from leitstelle.intake.rules.mail import parse_mail
from leitstelle.intake.rules.mail.describe import as_data

MAILS = Path(__file__).parent / "mails"
EXPECTED: dict[str, dict[str, Any]] = json.loads((MAILS / "expected.json").read_text("utf-8"))


def reach(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_mail(name: str) -> None:
    data = as_data(name, parse_mail((MAILS / f"{name}.eml").read_bytes()))
    json.dumps(data).encode("utf-8")
    for path, wanted in EXPECTED[name].items():
        found = reach(data, path.rstrip("~!"))
        if path.endswith("~"):
            assert wanted in (found if isinstance(found, str) else " ".join(found)), (path, found)
        elif path.endswith("!"):
            assert wanted not in found, path
        else:
            assert found == wanted, path


def test_the_corpus_is_complete() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60
