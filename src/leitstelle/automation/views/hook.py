"""The door at which other programs report: public, proven by a secret, measured and kept before understood."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from leitstelle.automation.actions import keep_report, take_report
from leitstelle.automation.choices import ReportReason, ReportState
from leitstelle.automation.queries import hook_for
from leitstelle.automation.rules.proof import is_proven
from leitstelle.kernel.limits import check, hit

MINUTE = timedelta(minutes=1)
LARGEST = 256 * 1024
PER_MINUTE = 600
# As many refused reports are kept an hour, for whoever sets the program up; strangers fill no disk.
REFUSED_KEPT = 20
# Where senders put their number of a delivery; the same again is the same report.
NUMBERS = ("idempotency-key", "webhook-id", "x-github-delivery", "x-gitlab-event-uuid", "x-request-id")


@csrf_exempt
@require_POST
def hook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a report: 200 what became of it, 202 kept for later, 403 not proven, 413 too large, 422 not understood."""
    found = hook_for(public_id)
    if found is None:
        raise Http404
    now = timezone.now()
    check("inbound-hook", str(found.pk), limit=PER_MINUTE, per=MINUTE, now=now)
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return JsonResponse({"error": "too_large"}, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    token, moment = request.GET.get("token", ""), now.timestamp()
    if not any(is_proven(one, body, headers, token, now=moment) for one in found.secrets_at(now)):
        if hit("inbound-hook-refused", str(found.pk), limit=REFUSED_KEPT, per=60 * MINUTE, now=now):
            reason = ReportReason.NOT_PROVEN
            keep_report(found, body, state=ReportState.REFUSED, reason=reason, now=now)
        return JsonResponse({"error": ReportReason.NOT_PROVEN}, status=403)
    number = next((headers[name] for name in NUMBERS if headers.get(name)), "")
    kept, is_new = keep_report(found, body, key=number, now=now)
    done = take_report(kept, found, now=now)
    if done.state == ReportState.MALFORMED:
        return JsonResponse({"error": done.reason}, status=422)
    answer: dict[str, object] = {"state": done.state if is_new else ReportState.REPEATED}
    if done.ticket is not None:
        answer["ticket"] = done.ticket.number
    return JsonResponse(answer, status=202 if done.state == ReportState.KEPT else 200)
