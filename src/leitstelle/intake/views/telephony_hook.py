"""The door at which telephone systems report calls: public, proven by a secret, measured and kept before understood."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leitstelle.intake.actions.telephony import Request, apply_request, keep_request
from leitstelle.intake.choices import TelephonyEventState, TelephonyKind, TelephonyReason
from leitstelle.intake.models import TelephonyEvent, TelephonySource
from leitstelle.intake.queries.telephony import source_for
from leitstelle.intake.rules.telephony.proof import is_proven
from leitstelle.kernel.limits import check, hit

MINUTE = timedelta(minutes=1)
LARGEST = 32 * 1024
LONGEST_QUERY = 4096
PER_MINUTE = 1200
# As many refused requests are kept an hour, for whoever sets the system up; strangers fill no disk.
REFUSED_KEPT = 20


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a request: 200 kept and understood or seen before, 403 not proven, 413 too large, 422 not understood."""
    source = source_for(public_id)
    if source is None:
        raise Http404
    now = timezone.now()
    check("telephony", str(source.pk), limit=PER_MINUTE, per=MINUTE, now=now)
    query = request.META.get("QUERY_STRING", "")
    if _declared(request) > LARGEST or len(query) > LONGEST_QUERY:
        return _refusal(413, "too_large")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _refusal(413, "too_large")
    token = request.GET.get("token", "")
    wanted = Request(
        method=request.method or "",
        content_type=request.headers.get("Content-Type", ""),
        query=_without(request, "token"),
        body=body,
    )
    headers = {name.lower(): value for name, value in request.headers.items()}
    key = source.public_key
    if not is_proven(source.kind, str(source.secret), body, headers, token, public_key=key):
        if hit("telephony-refused", str(source.pk), limit=REFUSED_KEPT, per=60 * MINUTE, now=now):
            reason = TelephonyReason.NOT_PROVEN
            keep_request(source, wanted, state=TelephonyEventState.REFUSED, reason=reason, now=now)
        return _refusal(403, TelephonyReason.NOT_PROVEN)
    kept = keep_request(source, wanted, state=TelephonyEventState.KEPT, now=now)
    return _answer(request, source, apply_request(kept, source))


def _declared(request: HttpRequest) -> int:
    """The length the sender announces; without one the reading below is what limits."""
    text = request.headers.get("Content-Length", "") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _without(request: HttpRequest, name: str) -> str:
    """The query as kept: without the secret."""
    values = request.GET.copy()
    values.pop(name, None)
    return values.urlencode()


def _refusal(status: int, reason: str) -> HttpResponse:
    return JsonResponse({"error": reason}, status=status)


def _answer(request: HttpRequest, source: TelephonySource, done: TelephonyEvent) -> HttpResponse:
    if done.state == TelephonyEventState.MALFORMED:
        return _refusal(422, done.reason)
    if source.kind == TelephonyKind.SIPGATE:
        return _sipgate(request, source)
    if source.kind == TelephonyKind.PLACETEL:
        # Its call control asks for XML, and changes nothing about the call for an empty answer.
        return HttpResponse(
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response/>', content_type="application/xml"
        )
    return JsonResponse({"state": done.state})


def _sipgate(request: HttpRequest, source: TelephonySource) -> HttpResponse:
    """Ask sipgate.io to tell of answering and hanging up as well; without this it tells of new calls only."""
    address = request.build_absolute_uri(reverse("intake:telephony-hook", args=[source.public_id]))
    full = escape(f"{address}?token={request.GET.get('token', '')}" if "token" in request.GET else address)
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response onAnswer="{full}" onHangup="{full}"/>',
        content_type="application/xml",
    )
