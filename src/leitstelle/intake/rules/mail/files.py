"""Names of attached files: safe to show, to save and to send, close to what the sender wrote."""

import re

_PATH = re.compile(r"[\\/]+")
_FORBIDDEN = re.compile('[\x00-\x1f\x7f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/csv": "csv",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/tiff": "tif",
    "image/bmp": "bmp",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "message/rfc822": "eml",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/ms-tnef": "dat",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "text/rfc822-headers": "txt",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
}
_NAMES = {
    "text/calendar": "invite",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pgp-signature": "signature",
    "message/delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "text/rfc822-headers": "headers",
    "application/ms-tnef": "winmail",
}
MAX_NAME = 150


def file_name(original: str, content_type: str = "") -> str:
    """The last path component without controls and reserved characters; a made name where none was given."""
    name = _FORBIDDEN.sub("", _PATH.split(original)[-1] if original else "")
    name = re.sub(r"\s+", " ", name).strip(" .")
    if not name:
        extension = _EXTENSIONS.get(content_type, "bin")
        stem = _NAMES.get(content_type) or (content_type.partition("/")[0] or "file")
        return f"{stem if re.fullmatch(r'[a-z-]{1,40}', stem) else 'file'}.{extension}"
    if len(name) > MAX_NAME:
        stem, dot, end = name.rpartition(".")
        name = f"{stem[: MAX_NAME - 12]}.{end[:10]}" if dot and len(end) <= 10 else name[:MAX_NAME]
    return name


def name_for_mail(subject: str) -> str:
    """File name of an attached mail, after its subject."""
    name = file_name(_PATH.sub("-", subject)[:100]) if subject.strip() else ""
    return f"{name}.eml" if name and not name.endswith("file.bin") else "message.eml"
