"""Conditional requests: an entity tag per version, and `If-Match` (RFC 9110 §13)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import DomainError


class Outdated(DomainError):
    """What the client saw is no longer what there is."""

    code = "outdated"
    status = 412
    default_message = _("Somebody else changed this in the meantime. Please load it again.")


class MatchRequired(DomainError):
    """The operation wants to know which version the client saw."""

    code = "match_required"
    status = 428
    default_message = _("Please send the If-Match header with the entity tag you have seen.")


def etag(*versions: object) -> str:
    """Return the entity tag of something whose versions are these."""
    return '"' + ".".join(str(version) for version in versions) + '"'


def set_etag(response: HttpResponse, *versions: object) -> None:
    """Write the entity tag of what is answered."""
    response["ETag"] = etag(*versions)


def check_if_match(request: HttpRequest, *versions: object, required: bool = False) -> None:
    """Compare `If-Match` with the versions there are. Raises Outdated, and MatchRequired where it is missing."""
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise MatchRequired
        return
    tags = [tag.strip() for tag in header.split(",")]
    # Weak tags never match here (strong comparison).
    if "*" not in tags and etag(*versions) not in tags:
        raise Outdated
