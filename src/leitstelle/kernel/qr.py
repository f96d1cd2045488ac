"""QR codes (ISO/IEC 18004) of short texts: bytes, error correction M, versions 1 to 10. Pure; drawn as an SVG path."""

from collections.abc import Iterator
from itertools import pairwise

# Per version, from 1: all code words, those of error correction per block, blocks, and centres of alignment patterns.
_TOTAL = (26, 44, 70, 100, 134, 172, 196, 242, 292, 346)
_CORRECTION = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26)
_BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5)
_ALIGNED: tuple[tuple[int, ...], ...] = (
    (),
    (6, 18),
    (6, 22),
    (6, 26),
    (6, 30),
    (6, 34),
    (6, 22, 38),
    (6, 24, 42),
    (6, 26, 46),
    (6, 28, 50),
)
_LEVEL_M = 0b00
QUIET = 4


class TooLong(ValueError):
    """The text does not fit into the largest version."""


def qr_path(text: str) -> tuple[str, int]:
    """Return the code as data of an SVG path, and the length of its side with the quiet zone. Raises `TooLong`."""
    rows = qr_rows(text)
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return path, len(rows) + 2 * QUIET


def qr_rows(text: str) -> list[list[bool]]:
    """Return the modules row by row, True for dark, without the quiet zone. Raises `TooLong`."""
    data = text.encode()
    version = _version_for(len(data))
    words = _interleaved(_data_words(data, version), version)
    grids = [_drawn(version, words, mask) for mask in range(8)]
    return min(grids, key=_penalty)


def _version_for(size: int) -> int:
    for version in range(1, len(_TOTAL) + 1):
        header = 4 + (8 if version < 10 else 16)
        if header + 8 * size <= 8 * _capacity(version):
            return version
    raise TooLong(size)


def _capacity(version: int) -> int:
    return _TOTAL[version - 1] - _CORRECTION[version - 1] * _BLOCKS[version - 1]


def _data_words(data: bytes, version: int) -> bytes:
    length = 8 if version < 10 else 16
    bits = f"0100{len(data):0{length}b}" + "".join(f"{byte:08b}" for byte in data)
    room = 8 * _capacity(version)
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    filler = (0xEC, 0x11)
    words += [filler[index % 2] for index in range(_capacity(version) - len(words))]
    return bytes(words)


def _interleaved(data: bytes, version: int) -> bytes:
    count, correction = _BLOCKS[version - 1], _CORRECTION[version - 1]
    short, longer = divmod(len(data), count)
    blocks, at = [], 0
    for index in range(count):
        size = short + (index >= count - longer)
        blocks.append(data[at : at + size])
        at += size
    divisor = _divisor(correction)
    checks = [_remainder(block, divisor) for block in blocks]
    mixed = [block[index] for index in range(short + 1) for block in blocks if index < len(block)]
    return bytes(mixed + [check[index] for index in range(correction) for check in checks])


def _times(one: int, other: int) -> int:
    """Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    result = 0
    for bit in range(7, -1, -1):
        result = (result << 1) ^ ((result >> 7) * 0x11D)
        result ^= ((other >> bit) & 1) * one
    return result


def _divisor(degree: int) -> list[int]:
    result = [0] * (degree - 1) + [1]
    root = 1
    for _step in range(degree):
        for index in range(degree):
            result[index] = _times(result[index], root)
            if index + 1 < degree:
                result[index] ^= result[index + 1]
        root = _times(root, 2)
    return result


def _remainder(block: bytes, divisor: list[int]) -> list[int]:
    result = [0] * len(divisor)
    for byte in block:
        factor = byte ^ result.pop(0)
        result.append(0)
        result = [value ^ _times(part, factor) for value, part in zip(result, divisor, strict=True)]
    return result


Grid = list[list[bool | None]]


def _drawn(version: int, words: bytes, mask: int) -> list[list[bool]]:
    size = 17 + 4 * version
    grid: Grid = [[None] * size for _row in range(size)]
    _patterns(grid, version)
    _formats(grid, version, mask)
    bits = (bool(word >> bit & 1) for word in words for bit in range(7, -1, -1))
    for x, y in _way(size):
        if grid[y][x] is None:
            grid[y][x] = next(bits, False) ^ _masked(mask, x, y)
    return [[bool(cell) for cell in row] for row in grid]


def _patterns(grid: Grid, version: int) -> None:
    size = len(grid)
    for at in range(8, size - 8):
        grid[6][at] = grid[at][6] = at % 2 == 0
    for left, top in ((0, 0), (size - 7, 0), (0, size - 7)):
        for y in range(max(0, top - 1), min(size, top + 8)):
            for x in range(max(0, left - 1), min(size, left + 8)):
                away = max(abs(x - left - 3), abs(y - top - 3))
                grid[y][x] = away not in (2, 4)
    centres = _ALIGNED[version - 1]
    last = len(centres) - 1
    for row, y in enumerate(centres):
        for column, x in enumerate(centres):
            if (row, column) in ((0, 0), (0, last), (last, 0)):
                continue
            for down in range(-2, 3):
                for right in range(-2, 3):
                    grid[y + down][x + right] = max(abs(down), abs(right)) != 1
    grid[size - 8][8] = True


def _formats(grid: Grid, version: int, mask: int) -> None:
    size = len(grid)
    bits = _protected(_LEVEL_M << 3 | mask, 10, 0x537) ^ 0x5412
    first = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8)]
    first += [(x, 8) for x in range(5, -1, -1)]
    second = [(x, 8) for x in range(size - 1, size - 9, -1)] + [(8, y) for y in range(size - 7, size)]
    for bit in range(15):
        for x, y in (first[bit], second[bit]):
            grid[y][x] = bool(bits >> bit & 1)
    if version >= 7:
        told = _protected(version, 12, 0x1F25)
        for bit in range(18):
            a, b = size - 11 + bit % 3, bit // 3
            grid[a][b] = grid[b][a] = bool(told >> bit & 1)


def _protected(value: int, length: int, generator: int) -> int:
    """The value followed by its BCH check bits."""
    rest = value
    for _bit in range(length):
        rest = (rest << 1) ^ ((rest >> (length - 1)) * generator)
    return value << length | rest


def _way(size: int) -> Iterator[tuple[int, int]]:
    """The places of data: two columns at a time from the right, up and down in turn, past the timing column."""
    upward = True
    right = size - 1
    while right >= 1:
        if right == 6:
            right = 5
        for step in range(size):
            y = size - 1 - step if upward else step
            yield right, y
            yield right - 1, y
        upward = not upward
        right -= 2


def _masked(mask: int, x: int, y: int) -> bool:
    return (
        (x + y) % 2,
        y % 2,
        x % 3,
        (x + y) % 3,
        (x // 3 + y // 2) % 2,
        x * y % 2 + x * y % 3,
        (x * y % 2 + x * y % 3) % 2,
        ((x + y) % 2 + x * y % 3) % 2,
    )[mask] == 0


def _penalty(grid: list[list[bool]]) -> int:
    """How hard a code is to read: long runs, blocks of one colour, an uneven share of dark modules."""
    total = 0
    for line in (*grid, *map(list, zip(*grid, strict=True))):
        run, before = 0, None
        for cell in line:
            run = run + 1 if cell is before else 1
            before = cell
            total += 3 if run == 5 else 1 if run > 5 else 0
    for above, below in pairwise(grid):
        for x in range(len(grid) - 1):
            total += 3 * (above[x] == above[x + 1] == below[x] == below[x + 1])
    dark = sum(map(sum, grid)) * 100 // len(grid) ** 2
    return total + 10 * (abs(dark - 50) // 5)
