"""The committed OpenAPI document is the one the API has, and it is valid."""

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from openapi_spec_validator import validate

COMMITTED = Path(__file__).resolve().parents[4] / "docs" / "openapi.json"


def test_the_committed_document_is_current() -> None:
    output = StringIO()
    call_command("openapi", stdout=output)
    assert COMMITTED.read_text(encoding="utf-8") == output.getvalue(), (
        "run: leitstelle manage openapi > docs/openapi.json"
    )


def test_the_document_is_valid() -> None:
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert document["openapi"] == "3.1.0"
    validate(document)
