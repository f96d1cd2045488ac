"""What all ticket doors share: agents only, fetching through visibility, uploads, the way back."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from leitstelle.kernel.blobs import store
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import viewer_of
from leitstelle.kernel.web.addresses import address
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.workspace import ticket_for_page
from leitstelle.tickets.rules.inputs import NewFile

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

Door = Callable[..., HttpResponse]

# Nothing is left to take, hand over or resolve.
ENDED = frozenset({StatusType.CLOSED, StatusType.MERGED, StatusType.REJECTED})


def agents_only(view: Door) -> Door:
    """Let agents in; send strangers to sign in, and tell everybody else that there is nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = viewer_of(request)
        if viewer.person_id is None:
            return redirect_to_login(request.get_full_path())
        if not viewer.is_agent:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def find_ticket(viewer: Viewer, public_id: UUID) -> Ticket:
    """Return the ticket with its names if the viewer may see it, else raise `Http404`."""
    ticket = ticket_for_page(viewer, public_id)
    if ticket is None:
        raise Http404
    return ticket


def ticket_url(ticket: Ticket) -> str:
    return address("tickets:ticket", ticket.public_id)


def show_present_version(form: Form, ticket: Ticket, group: str) -> None:
    """Let a form that is shown again carry the version its person sees now, or a conflict would never end."""
    if form.is_bound and "version" in form.fields:
        values = QueryDict(mutable=True)
        values.update(form.data)
        values["version"] = str(getattr(ticket, f"{group}_version"))
        form.data = values


def store_uploads(files: "list[UploadedFile[Any]]") -> tuple[NewFile, ...]:
    """Keep uploaded files; raises `FileTooLarge`. The declared type is only a hint to the store."""
    kept = []
    for file in files:
        blob = store(file, declared_type=file.content_type or "", max_bytes=settings.MAX_UPLOAD)
        kept.append(
            NewFile(
                blob_id=blob.pk, filename=file.name or "file", content_type=blob.content_type, size=blob.size
            )
        )
    return tuple(kept)
