"""Signed mail of S/MIME (CMS, RFC 5652, 8551): what was signed, whether it is intact, and who signed.

Content is always shown: trouble with a signature is a finding, never a reason to keep words back.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from .parsed import Signature

_SIGNED, _DATA, _DIGEST = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.4"
_ENVELOPED = {"1.2.840.113549.1.7.3", "1.2.840.113549.1.9.16.1.23"}
_PSS = "1.2.840.113549.1.1.10"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
MAX_DEPTH, MAX_NODES = 30, 20_000
Certificates = Iterable[x509.Certificate]


@dataclass(frozen=True)
class Node:
    """One element of BER or DER: its tag, its bytes as they stand, and what is in it."""

    tag: int
    whole: bytes
    value: bytes
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Opened:
    """What stands in a `pkcs7-mime`: signed content, or an envelope that needs a key."""

    content: bytes = b""
    is_envelope: bool = False
    signature: Signature | None = None


class _Damaged(ValueError):
    pass


class _Reader:
    """Elements of definite and indefinite length, bounded in depth and number."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._nodes = 0

    def node(self, at: int, end: int, depth: int = 0) -> tuple[Node, int]:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES or at + 2 > end:
            raise _Damaged("structure")
        tag, first = self._data[at], self._data[at + 1]
        begin = at + 2
        if tag & 31 == 31:
            raise _Damaged("tag")
        if first == 0x80:
            children = []
            place = begin
            while self._data[place : place + 2] != b"\x00\x00":
                child, place = self.node(place, end, depth + 1)
                children.append(child)
            return Node(tag, self._data[at : place + 2], self._data[begin:place], tuple(children)), place + 2
        length = first
        if first & 0x80:
            octets = first & 0x7F
            if octets > 8:
                raise _Damaged("length")
            length = int.from_bytes(self._data[begin : begin + octets], "big")
            begin += octets
        if begin + length > end:
            raise _Damaged("cut")
        inner: list[Node] = []
        if tag & 0x20:
            place = begin
            while place < begin + length:
                child, place = self.node(place, begin + length, depth + 1)
                inner.append(child)
        value = self._data[begin : begin + length]
        return Node(tag, self._data[at : begin + length], value, tuple(inner)), begin + length


def open_cms(
    data: bytes, content: bytes | None = None, trusted: Certificates = (), *, at: datetime
) -> Opened | None:
    """Read a CMS message; `content` is what a detached signature is about. None where it is none.

    `trusted` are certificates of authorities, or of signers themselves, that count; `at` is when the mail arrived.
    """
    try:
        top, _ = _Reader(data).node(0, len(data))
        kind = _oid(top.children[0])
        if kind in _ENVELOPED:
            return Opened(is_envelope=True)
        if kind != _SIGNED:
            return None
        body = top.children[1].children[0]
        found = (
            _octets(body.children[2].children[1].children[0]) if len(body.children[2].children) > 1 else None
        )
        signed = found if found is not None else content
        return Opened(found or b"", signature=_judged(body, signed, list(trusted), at))
    except (_Damaged, IndexError, ValueError, RecursionError):
        return None


def _octets(node: Node) -> bytes:
    return b"".join(_octets(child) for child in node.children) if node.children else node.value


def _oid(node: Node) -> str:
    if node.tag != 6 or not node.value:
        raise _Damaged("oid")
    numbers, value = [], 0
    for byte in node.value[:60]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _judged(body: Node, content: bytes | None, trusted: list[x509.Certificate], at: datetime) -> Signature:
    certificates = _certificates(body)
    infos = body.children[-1]
    if infos.tag != 0x31 or not infos.children:
        return Signature("smime", "broken", "", "no signer")
    signer = _signer(infos.children[0], certificates)
    if signer is None:
        return Signature("smime", "unknown", "", "the certificate is not in the mail")
    who = address_of(signer)
    if content is None or not _intact(infos.children[0], signer, content):
        return Signature("smime", "broken", who, "the content was changed after it was signed")
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return Signature("smime", "unknown", who, "the certificate was not valid then")
    if _is_trusted(signer, certificates, trusted, at):
        return Signature("smime", "good", who, common_name(signer.issuer))
    return Signature("smime", "unknown", who, "the authority is not known here")


def _certificates(body: Node) -> list[x509.Certificate]:
    found = []
    for node in body.children[3:-1]:
        if node.tag == 0xA0:
            for child in node.children[:50]:
                try:
                    found.append(x509.load_der_x509_certificate(child.whole))
                except (ValueError, UnsupportedAlgorithm):
                    continue
    return found


def _signer(info: Node, certificates: list[x509.Certificate]) -> x509.Certificate | None:
    identity = info.children[1]
    for certificate in certificates:
        if identity.tag == 0x30:
            serial = int.from_bytes(identity.children[1].value, "big", signed=True)
            issuer = identity.children[0].whole
            if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
                return certificate
        elif identity.tag == 0x80:
            try:
                extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            except (x509.ExtensionNotFound, ValueError):
                continue
            if extension.value.digest == identity.value:
                return certificate
    return None


def _intact(info: Node, signer: x509.Certificate, content: bytes) -> bool:
    algorithm = _HASHES.get(_oid(info.children[2].children[0]))
    if algorithm is None:
        return False
    signed, rest = content, list(info.children[3:])
    if rest and rest[0].tag == 0xA0:
        attributes = rest.pop(0)
        digest = next(
            (
                item.children[1].children[0].value
                for item in attributes.children
                if _oid(item.children[0]) == _DIGEST
            ),
            b"",
        )
        if not hmac.compare_digest(hashlib.new(algorithm().name, content).digest(), digest):
            return False
        signed = (
            b"\x31" + attributes.whole[1:]
        )  # it is signed as the set it is, not as the field it stands in
    return _fits(signer, rest[0], rest[1].value, signed, algorithm())


def _fits(
    signer: x509.Certificate, how: Node, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            pss = _oid(how.children[0]) == _PSS
            pad = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO) if pss else padding.PKCS1v15()
            key.verify(signature, signed, pad, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _is_trusted(
    signer: x509.Certificate, others: list[x509.Certificate], trusted: list[x509.Certificate], at: datetime
) -> bool:
    """A short chain of certificates that were valid then, up to one that counts."""
    current = signer
    for _ in range(6):
        if any(current == one for one in trusted):
            return True
        above = next((one for one in [*trusted, *others] if _issued(one, current, at)), None)
        if above is None or above == current:
            return False
        current = above
    return False


def _issued(authority: x509.Certificate, certificate: x509.Certificate, at: datetime) -> bool:
    if (
        authority.subject != certificate.issuer
        or not authority.not_valid_before_utc <= at <= authority.not_valid_after_utc
    ):
        return False
    try:
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return constraints.value.ca


def address_of(certificate: x509.Certificate) -> str:
    """The mail address a certificate is for, else its name."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found = names.value.get_values_for_type(x509.RFC822Name)
        if found:
            return found[0][:254]
    except (x509.ExtensionNotFound, ValueError):
        pass
    mail = certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    return str(mail[0].value)[:254] if mail else common_name(certificate.subject)


def common_name(name: x509.Name) -> str:
    """How people call a holder or an authority."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return (str(found[0].value) if found else name.rfc4514_string())[:200]
