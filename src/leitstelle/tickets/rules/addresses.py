"""Addresses as people write them into a line: with names or without, separated by commas or semicolons."""

from collections.abc import Iterable
from email.utils import getaddresses


def read_addresses(text: str) -> list[tuple[str, str]]:
    """Return (name, address) for each address in the line; what is none is returned as it stands, without a name."""
    return [_read(piece) for piece in _pieces(text)]


def _read(piece: str) -> tuple[str, str]:
    found = getaddresses([piece])
    if len(found) != 1 or not found[0][1]:
        return "", piece
    name, address = found[0]
    return name.strip(), address.strip()


def _pieces(text: str) -> list[str]:
    """The line cut at commas, semicolons and line ends outside of quotation marks."""
    pieces, current, quoted = [], "", False
    for char in text:
        quoted ^= char == '"'
        if char in ",;\n\r" and not quoted:
            pieces.append(current)
            current = ""
        else:
            current += char
    return [piece for piece in (one.strip() for one in [*pieces, current]) if piece]


def write_addresses(people: Iterable[tuple[str, str]]) -> str:
    """Return the line that `read_addresses` reads back."""
    return ", ".join(_written(name, address) for name, address in people)


def _written(name: str, address: str) -> str:
    if not name or name == address:
        return address
    if any(char in name for char in '()<>@,;:\\"[].'):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"
