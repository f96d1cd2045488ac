"""Identifiers follow RFC 9562 and keep their order."""

import time
from unittest import mock

from leitstelle.kernel.ids import uuid7


def test_version_and_variant_are_those_of_rfc_9562() -> None:
    value = uuid7()
    assert value.version == 7
    assert value.variant == "specified in RFC 4122"


def test_the_first_48_bits_are_milliseconds_since_1970() -> None:
    before = time.time_ns() // 1_000_000
    value = uuid7()
    after = time.time_ns() // 1_000_000 + 1
    assert before <= value.int >> 80 <= after


def test_each_is_greater_than_the_one_before() -> None:
    values = [uuid7() for _ in range(20_000)]
    assert values == sorted(values)
    assert len(set(values)) == len(values)


def test_a_clock_set_back_does_not_break_the_order() -> None:
    before = uuid7()
    with mock.patch("time.time_ns", return_value=time.time_ns() - 10**12):
        after = uuid7()
    assert after > before
