"""An archive under a passphrase: scrypt makes the key, AES-256-GCM seals blocks of 1 MiB.

Each block's nonce holds its number and whether it is the last (the STREAM construction), so that blocks can be neither
swapped nor left out, and a cut-off end shows.
"""

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.texts import _

MAGIC = b"leitstelle-sealed-archive-1\n"
BLOCK = 1024 * 1024
_TAG = 16
_SALT, _PREFIX = 16, 7
# 64 MiB and about a fifth of a second for each guess at the passphrase (RFC 7914).
_COST, _BLOCK_SIZE, _PARALLEL = 2**16, 8, 1
_SHORTEST = 8


def read_passphrase(raw: str) -> bytes:
    """The first line of a passphrase file; raises BackupError where it is too short to protect anything."""
    phrase = raw.splitlines()[0].strip() if raw.strip() else ""
    if len(phrase) < _SHORTEST:
        raise BackupError(_("The passphrase needs at least %(length)s characters.") % {"length": _SHORTEST})
    return phrase.encode()


def _cipher(passphrase: bytes, salt: bytes) -> AESGCM:
    kdf = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK_SIZE, p=_PARALLEL)
    return AESGCM(kdf.derive(passphrase))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


class SealingWriter:
    """Takes plain bytes in order, writes sealed ones to `out`; `finish` seals the last block."""

    def __init__(self, out: BinaryIO, passphrase: bytes) -> None:
        salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        self._out, self._cipher = out, _cipher(passphrase, salt)
        self._waiting, self._number = bytearray(), 0
        out.write(MAGIC + salt + self._prefix)

    def write(self, data: bytes) -> int:
        """Take more; what fills a block is written on."""
        self._waiting += data
        # A full block waits for more to come: only then it is known not to be the last.
        while len(self._waiting) > BLOCK:
            self._seal(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]
        return len(data)

    def finish(self) -> None:
        """Write the last block; nothing may follow."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, block: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, block, MAGIC))
        self._number += 1


class UnsealingReader:
    """Reads plain bytes in order out of a sealed stream; a wrong passphrase or a changed block raises."""

    def __init__(self, source: BinaryIO, passphrase: bytes) -> None:
        head = source.read(len(MAGIC) + _SALT + _PREFIX)
        salt, self._prefix = head[len(MAGIC) : -_PREFIX], head[-_PREFIX:]
        if len(salt) != _SALT:
            raise Damaged(_("The archive is cut off."))
        self._source, self._cipher = source, _cipher(passphrase, salt)
        self._plain, self._number = bytearray(), 0
        self._next = source.read(BLOCK + _TAG)

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        while len(self._plain) < size and self._next:
            self._open_block()
        found = bytes(self._plain[:size])
        del self._plain[:size]
        return found

    def _open_block(self) -> None:
        block, self._next = self._next, self._source.read(BLOCK + _TAG)
        try:
            nonce = _nonce(self._prefix, self._number, last=not self._next)
            self._plain += self._cipher.decrypt(nonce, block, MAGIC)
        except InvalidTag:
            if self._number == 0:
                text = _("The passphrase does not open this archive, or its beginning is damaged.")
                raise BackupError(text) from None
            raise Damaged(_("The sealed archive is damaged or cut off.")) from None
        self._number += 1
