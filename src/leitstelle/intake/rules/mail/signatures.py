"""What is signed or sealed in the parts of a mail, and for how much of it a signature stands."""

from .body import Body
from .mime import Part, Reader
from .parsed import Signature
from .sealed import (
    MAX_OPENED,
    PGP_SIGNATURE,
    SEALED_IN_LINE,
    SMIME_SIGNATURES,
    only_a_part,
    pgp_opened,
    pgp_signed_apart,
    signed_apart,
)


def note_signature(reader: Reader, part: Part, body: Body) -> None:
    """The outermost signature counts; the signed part is walked like any other."""
    if len(part.children) < 2 or body.signature is not None:
        return
    kind = part.children[1].content_type
    data = reader.content(part.children[1]) if kind in (*SMIME_SIGNATURES, PGP_SIGNATURE) else b""
    if kind in SMIME_SIGNATURES:
        found = signed_apart(part.children[0], data, body.unlock, body.date)
        body.signature = as_far_as_it_goes(found, part, body)
    elif kind == PGP_SIGNATURE:
        body.signature = as_far_as_it_goes(pgp_signed_apart(part.children[0], data, body.unlock), part, body)


def as_far_as_it_goes(found: Signature, part: Part, body: Body) -> Signature:
    """Words beside a signed part are nobody's: somebody may have put them around what another one signed."""
    alone = part is body.whole and len(part.children) <= 2
    return found if alone or found.state != "good" else only_a_part(found)


def unsealed_words(reader: Reader, data: bytes, part: Part, body: Body) -> bytes:
    """The bytes of a text with what was sealed in line opened, as far as a key fits."""
    sealed = SEALED_IN_LINE.search(data)
    body.opened += 1
    found = pgp_opened(sealed[0], body.unlock) if sealed and body.opened <= MAX_OPENED else None
    if sealed is None or found is None:
        reader.defect("encrypted (PGP), shown as it is")
        body.encrypted = body.encrypted or "pgp-closed"
        return data
    body.encrypted = "pgp"
    rest = data[: sealed.start()] + data[sealed.end() :]
    if found.signature is not None and body.signature is None:
        good = found.signature.state == "good"
        whole = part is body.whole and not rest.strip()
        body.signature = found.signature if whole or not good else only_a_part(found.signature)
    return data[: sealed.start()] + found.content + b"\n" + data[sealed.end() :]
