"""Signing what leaves by S/MIME (CMS, RFC 8551): whether a certificate may stand for an address, and the signature."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from leitstelle.intake.choices import Unfit

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_OPTIONS = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]


def unfit(certificate: x509.Certificate, address: str, at: datetime) -> Unfit | None:
    """Why a certificate may not sign mail of this address at this moment (aware); None where it may."""
    if address.lower() not in addresses_of(certificate):
        return Unfit.ADDRESS
    if not _may_sign(certificate):
        return Unfit.PURPOSE
    if at < certificate.not_valid_before_utc:
        return Unfit.NOT_YET
    return Unfit.EXPIRED if at > certificate.not_valid_after_utc else None


def sign(
    content: bytes, certificate: x509.Certificate, key: SigningKey, above: Sequence[x509.Certificate]
) -> bytes:
    """A detached signature (DER) of these very bytes; certificates above that of the signer go with it."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, SHA256())
    for one in above:
        builder = builder.add_certificate(one)
    return builder.sign(Encoding.DER, _OPTIONS)


def addresses_of(certificate: x509.Certificate) -> frozenset[str]:
    """Every mail address a certificate is for, in lower case."""
    found = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found += names.value.get_values_for_type(x509.RFC822Name)
    except (x509.ExtensionNotFound, ValueError):
        pass
    return frozenset(address.lower() for address in found)


def _may_sign(certificate: x509.Certificate) -> bool:
    """Certificates that say what they are for must say that they sign mail."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.digital_signature and not usage.content_commitment:
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    wanted = {ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    return bool(wanted.intersection(purposes))
