"""The download answer: a file of strangers must not run in our origin, whatever it is.

Attachment always, except raster images that were asked for inline; type by our own look; no sniffing by the
browser; a sandbox without anything should it be shown after all; no shared cache.
"""

from pathlib import Path

from django.http import FileResponse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.names import content_disposition
from leitstelle.kernel.blobs.sniffing import INLINE_IMAGES
from leitstelle.kernel.blobs.storing import open_blob
from leitstelle.kernel.errors import DomainError

# Types that are handed out as they are; everything else, and above all HTML and SVG, as plain bytes.
_SERVED_AS_IS = INLINE_IMAGES | {"application/pdf", "application/zip", "text/csv", "text/calendar"}


class InfectedFile(DomainError):
    """The virus scanner found something in this file; `params` hold its `signature`."""

    code = "file_infected"
    status = 403
    default_message = _("The virus scanner found %(signature)s in this file. It is not handed out.")


def response(blob: Blob, filename: str, *, inline_image: bool = False) -> FileResponse:
    """Return the answer that hands out `blob` under `filename`.

    The caller has checked that the viewer may see it. Raises FileNotFoundError where the bytes are missing, and
    `InfectedFile` for what the virus scanner warned of.
    """
    _refuse_infected(blob)
    inline = inline_image and blob.content_type in INLINE_IMAGES
    served = blob.content_type if blob.content_type in _SERVED_AS_IS else "application/octet-stream"
    return _answer(blob, served, "inline" if inline else "attachment", filename)


def preview_response(blob: Blob, filename: str) -> FileResponse:
    """Return the answer with the small picture of `blob`; visibility, headers and errors as in `response`."""
    _refuse_infected(blob)
    if not blob.has_preview or blob.preview is None:
        raise FileNotFoundError(filename)
    return _answer(blob.preview, blob.preview.content_type, "inline", f"{Path(filename).stem}.webp")


def _refuse_infected(blob: Blob) -> None:
    if blob.scan_state == ScanState.INFECTED:
        raise InfectedFile(signature=blob.scan_detail)


def _answer(blob: Blob, served: str, disposition: str, filename: str) -> FileResponse:
    answer = FileResponse(open_blob(blob), content_type=served)
    answer["Content-Disposition"] = content_disposition(disposition, filename)
    answer["Content-Length"] = str(blob.size)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600" if disposition == "inline" else "private, no-store"
    answer["Last-Modified"] = http_date(blob.created_at.timestamp())
    return answer
