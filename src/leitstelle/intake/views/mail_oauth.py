"""Sign-in of a mailbox by tokens: its settings, a person's consent at the provider, and the way back from there."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.policies import can_administer, require
from leitstelle.intake.actions.oauth import client_of, connect_oauth, save_oauth
from leitstelle.intake.choices import OAuthGrant
from leitstelle.intake.forms.oauth import OAuthForm
from leitstelle.intake.gateways.oauth import redeem
from leitstelle.intake.labels import REMEDIES
from leitstelle.intake.models import Mailbox, MailOAuth
from leitstelle.intake.policies import visible_mailboxes, visible_oauth
from leitstelle.intake.rules.mail.oauth import CONSENT, consent_address
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.mail.transports import NoToken
from leitstelle.kernel.mail.trials import remedy_for_token
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error

PURPOSE = "intake.oauth"
VERIFIER = "intake.oauth_verifier"
# Long enough to find somebody who may allow it.
STATE_LASTS = timedelta(hours=1)


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the provider knows the desk by. Administrators."""
    box = _box(request, public_id)
    row = visible_oauth(viewer_of(request), box).first()
    form = OAuthForm(request.POST or None, row)
    if request.method == "POST" and form.is_valid():
        try:
            save_oauth(box, form.to_input(), by=viewer_of(request), now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("intake:mailbox-oauth", args=[box.public_id]))
    return _page(request, box, row, form)


def _page(
    request: HttpRequest,
    box: Mailbox,
    row: MailOAuth | None,
    form: OAuthForm,
    problem: NoToken | None = None,
    consent: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "box": box,
        "form": form,
        "row": row,
        "connected": bool(row and (row.refresh_token or row.access_token)),
        "by_consent": bool(row and row.grant == OAuthGrant.REFRESH),
        "back": _back(request),
        "consent": consent,
        "problem": str(problem) if problem else "",
        "remedy": REMEDIES[remedy_for_token(problem.remedy)] if problem else "",
    }
    return page(request, "intake/mailbox_oauth.html", context, status=422 if form.errors or problem else 200)


@require_POST
def allow(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer the way to the provider, with a signed state for the way back. Administrators.

    A link, no redirect: forms of the desk may lead nowhere else.
    """
    box = _box(request, public_id)
    row = _row(viewer_of(request), box)
    verifier = secrets.token_urlsafe(48)
    request.session[VERIFIER] = verifier
    state = sign(f"{box.public_id}:{viewer_of(request).person_id}:{_half(verifier)}", PURPOSE)
    address = consent_address(
        client_of(row), back=_back(request), state=state, verifier=verifier, user=box.imap_user or box.address
    )
    return _page(request, box, row, OAuthForm(None, row), consent=address)


def _half(verifier: str) -> str:
    """Ties the state to this browser without giving the verifier away."""
    return verifier[:16]


@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """The way back from the provider: keep the tokens for the code. Administrators."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_administer(viewer))
    verifier = str(request.session.pop(VERIFIER, ""))
    try:
        value = unsign(request.GET.get("state", ""), PURPOSE, STATE_LASTS)
    except BadSignature as error:
        raise NotFound from error
    public_id, person, half = value.split(":", 2)
    if not verifier or person != str(viewer.person_id) or half != _half(verifier):
        raise NotFound
    box = _box(request, UUID(public_id))
    row = _row(viewer, box)
    try:
        code = request.GET.get("code", "")
        if not code:
            words = f"{request.GET.get('error', '')}: {request.GET.get('error_description', '')}"
            raise NoToken(words.strip(": ")[:400], CONSENT)
        tokens = redeem(row, code=code, back=_back(request), verifier=verifier)
    except NoToken as error:
        return _page(request, box, row, OAuthForm(None, row), error)
    connect_oauth(row, tokens, by=viewer, now=now)
    toast(request, _("Access is allowed. Please test the connection now."))
    return go(request, reverse("intake:mailbox-test", args=[box.public_id]))


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("intake:mailbox-oauth-back"))


def _box(request: HttpRequest, public_id: UUID) -> Mailbox:
    viewer = viewer_of(request)
    require(can_administer(viewer))
    box = visible_mailboxes(viewer).filter(public_id=public_id).first()
    if box is None:
        raise NotFound
    return box


def _row(viewer: Viewer, box: Mailbox) -> MailOAuth:
    row = visible_oauth(viewer, box).first()
    if row is None:
        raise NotFound
    return row
