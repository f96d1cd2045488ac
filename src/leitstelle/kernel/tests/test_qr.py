"""QR codes: capacity, shape, and a known code that other encoders draw in the same way."""

import hashlib

import pytest

from leitstelle.kernel.qr import TooLong, qr_path, qr_rows


@pytest.mark.parametrize(
    ("size", "side"), [(1, 21), (14, 21), (15, 25), (62, 33), (106, 41), (152, 49), (180, 53), (213, 57)]
)
def test_the_smallest_version_that_fits(size: int, side: int) -> None:
    rows = qr_rows("b" * size)
    assert (len(rows), {len(row) for row in rows}) == (side, {side})


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(TooLong):
        qr_rows("ä" * 107)


def test_finders_and_timing() -> None:
    rows = qr_rows("https://desk.example.org/portal/report/")
    finder = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]
    drawn = ["".join("#" if cell else "." for cell in row) for row in rows]
    assert [row[:7] for row in drawn[:7]] == finder
    assert [row[-7:] for row in drawn[:7]] == finder
    assert [row[:7] for row in drawn[-7:]] == finder
    assert drawn[6][8:-8] == ("#." * 40)[: len(rows) - 16]


def test_a_code_as_another_encoder_draws_it() -> None:
    """Filled to the last byte (nothing is padded): compared with segno 1.6.6, mask 2, and read back by OpenCV."""
    text = "\n".join("".join("#" if cell else "." for cell in row) for row in qr_rows("b" * 14))
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "331c94795a504821ad161220c35f60b18fb12a1d9f1299f14439ad0a10871231"
    )


def test_the_path_has_a_quiet_zone() -> None:
    path, side = qr_path("x")
    assert side == 29
    assert path.startswith("M4 4h1v1h-1z")
