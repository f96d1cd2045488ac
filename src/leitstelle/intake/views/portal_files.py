"""Files that people send in the portal: limits with clear words, and keeping them between the steps of the form.

A file that was accepted once need not be chosen again: the form carries a signed list of what is stored already.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstelle.kernel.blobs import FileTooLarge, clean_filename, store
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.web.formats import filesize
from leitstelle.tickets.rules.inputs import NewFile

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_FILES = 10
KEPT = "portal-files"
KEPT_FOR = timedelta(days=1)


def take_files(request: HttpRequest, form: forms.Form, kept: Sequence[NewFile] = ()) -> tuple[NewFile, ...]:
    """Store what was uploaded and return it behind what was kept; what is too big or too much is an error
    of the field `uploads`, beside which everything else stays.
    """
    found = list(kept)
    for upload in request.FILES.getlist("uploads"):
        if len(found) >= MAX_FILES:
            text = ngettext(
                "At most %(num)s file is possible.", "At most %(num)s files are possible.", MAX_FILES
            )
            form.add_error("uploads", text % {"num": MAX_FILES})
            break
        file = _store(upload, form)
        if file is not None:
            found.append(file)
    return tuple(found)


def file_limits() -> dict[str, int]:
    """Return the limits as the templates name them."""
    return {"max_bytes": settings.MAX_UPLOAD, "max_files": MAX_FILES}


def _store(upload: "UploadedFile[Any]", form: forms.Form) -> NewFile | None:
    name = clean_filename(upload.name or "")
    try:
        blob = store(upload, declared_type=upload.content_type or "", max_bytes=settings.MAX_UPLOAD)
    except FileTooLarge:
        form.add_error("uploads", too_large(name))
        return None
    return NewFile(blob_id=blob.pk, filename=name, content_type=blob.content_type, size=blob.size)


def too_large(name: str) -> str:
    """Say which file is too big, and what is possible."""
    return _(
        "“%(name)s” is too big: at most %(size)s are possible. Please send a smaller file, or leave it out."
    ) % {"name": name, "size": filesize(settings.MAX_UPLOAD)}


def pack(files: Sequence[NewFile]) -> str:
    """Return the signed list of stored files for a hidden field; empty for none."""
    rows = [[file.blob_id, file.filename, file.content_type, file.size] for file in files]
    return sign(json.dumps(rows), KEPT) if rows else ""


def unpack(text: str) -> tuple[NewFile, ...]:
    """Return the files of a hidden field; none where it is too old or not ours."""
    if not text:
        return ()
    try:
        rows = json.loads(unsign(text, KEPT, KEPT_FOR))
    except BadSignature:
        return ()
    return tuple(NewFile(blob_id=row[0], filename=row[1], content_type=row[2], size=row[3]) for row in rows)
