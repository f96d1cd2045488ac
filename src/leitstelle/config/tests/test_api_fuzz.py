"""The API under requests nobody meant: no server error, and every answer as the document declares it.

Cases come from the committed document itself: values at the edges of every schema, then fitting and unfitting ones at
random. Half of them name things that exist, so that they reach the actions. Each is sent to the real application and
taken back. `soak` sends many more.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leitstelle.calendars.models import ServiceCalendar
from leitstelle.config.tests.api_world import Callers, body_values, path_values, things
from leitstelle.config.tests.world import make_world
from leitstelle.kernel.api.openapi import document

pytestmark = [pytest.mark.timeout(1800), pytest.mark.django_db]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


class House:
    """The filled house, and how a case is sent to it as somebody."""

    def __init__(self) -> None:
        world = make_world()
        known = things(world)
        self.callers = Callers(world)
        self.in_paths = path_values(known)
        self.in_bodies = body_values(known)
        self.schema = schemathesis.openapi.from_dict(document())
        self.schema.app = WSGIHandler()
        assert ServiceCalendar.objects.exists()

    def operations(self) -> Iterator[APIOperation[Any, Any, Any, Any]]:
        for result in self.schema.get_all_operations():
            assert isinstance(result, Ok), result
            yield result.ok()

    def send(self, case: Case[Any], who: str, *, real: bool) -> None:
        """Send a case, naming things that exist where `real`; check the answer, and take everything back."""
        if real:
            case.path_parameters = {
                name: str(self.in_paths.get(name, value)) for name, value in case.path_parameters.items()
            }
            if isinstance(case.body, dict):
                named = {name: str(value) for name, value in self.in_bodies.items() if name in case.body}
                case.body = {**case.body, **named}
        # The token replaces whatever the case would sign in with.
        case.cookies = {}
        case.headers.pop("Authorization", None)
        with transaction.atomic():
            answer = case.call(headers={**self.callers.headers(who), "Accept-Encoding": "identity"})
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)


@pytest.fixture
def house(settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> House:
    # A real server gives its connection back after each request; here it holds the transaction.
    monkeypatch.setattr(connections["default"], "close", lambda: None)
    settings.API_REQUESTS_PER_MINUTE = 10**9
    caplog.set_level("CRITICAL")
    return House()


def run(house: House, who: str, *, edges: int, examples: int) -> int:
    """Send cases of every operation; returns how many."""
    sent = 0
    for operation in house.operations():
        cases = operation.schema.iter_coverage_cases(
            operation, generation_modes=MODES, generation_config=GenerationConfig()
        )
        for number, case in enumerate(islice(cases, edges)):
            house.send(case, who, real=number % 2 == 0)
            sent += 1
        for mode in MODES:
            sent += _at_random(house, operation, mode, who, examples)
    return sent


def _at_random(
    house: House, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, who: str, examples: int
) -> int:
    count = 0

    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        derandomize=True,
    )
    def once(case: Case[Any], real: bool) -> None:
        nonlocal count
        count += 1
        house.send(case, who, real=real)

    once()
    return count


@pytest.mark.parametrize("who", ["admin", "agent", "requester"])
def test_no_request_breaks_the_api(house: House, who: str) -> None:
    assert run(house, who, edges=4, examples=2) > 300


@pytest.mark.soak
@pytest.mark.parametrize("who", ["admin", "agent", "requester", "stranger", "contact", "guest"])
def test_thousands_of_requests_do_not_break_the_api(house: House, who: str) -> None:
    assert run(house, who, edges=400, examples=60) > 5000
