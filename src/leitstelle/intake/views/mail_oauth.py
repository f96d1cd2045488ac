"""Sign-in by tokens, of a mailbox or of the house's account for outgoing mail.

Its settings, a person's consent at the provider, and the way back from there.
"""

import secrets
from dataclasses import dataclass
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
from leitstelle.kernel.mail.transports import NoToken, house_account
from leitstelle.kernel.mail.trials import remedy_for_token
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error

PURPOSE = "intake.oauth"
VERIFIER = "intake.oauth_verifier"
# Long enough to find somebody who may allow it.
STATE_LASTS = timedelta(hours=1)
HOUSE = "house"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who signs in by tokens. `box` is none for the house's account; the rest are a name and addresses of pages.

    `user` is whose consent is asked for.
    """

    box: Mailbox | None
    name: str
    user: str
    key: str
    parents: list[tuple[str, str]]
    here: str
    allow: str
    test: str


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the provider knows the desk by. Administrators."""
    return _settings(request, _of_box(request, public_id))


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def house_settings(request: HttpRequest) -> HttpResponse:
    """The same for the house's account. Administrators."""
    return _settings(request, _of_house(request))


def _settings(request: HttpRequest, account: Account) -> HttpResponse:
    box = account.box
    row = visible_oauth(viewer_of(request), box).first()
    form = OAuthForm(request.POST or None, row)
    if request.method == "POST" and form.is_valid():
        try:
            save_oauth(box, form.to_input(), by=viewer_of(request), now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, account.here)
    return _page(request, account, row, form)


def _page(
    request: HttpRequest,
    account: Account,
    row: MailOAuth | None,
    form: OAuthForm,
    problem: NoToken | None = None,
    consent: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "account": account,
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
    return _allow(request, _of_box(request, public_id))


@require_POST
def house_allow(request: HttpRequest) -> HttpResponse:
    """The same for the house's account. Administrators."""
    return _allow(request, _of_house(request))


def _allow(request: HttpRequest, account: Account) -> HttpResponse:
    row = _row(viewer_of(request), account.box)
    verifier = secrets.token_urlsafe(48)
    request.session[VERIFIER] = verifier
    state = sign(f"{account.key}:{viewer_of(request).person_id}:{_half(verifier)}", PURPOSE)
    address = consent_address(
        client_of(row), back=_back(request), state=state, verifier=verifier, user=account.user
    )
    return _page(request, account, row, OAuthForm(None, row), consent=address)


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
    key, person, half = value.split(":", 2)
    if not verifier or person != str(viewer.person_id) or half != _half(verifier):
        raise NotFound
    account = _of_house(request) if key == HOUSE else _of_box(request, UUID(key))
    row = _row(viewer, account.box)
    try:
        code = request.GET.get("code", "")
        if not code:
            words = f"{request.GET.get('error', '')}: {request.GET.get('error_description', '')}"
            raise NoToken(words.strip(": ")[:400], CONSENT)
        tokens = redeem(row, code=code, back=_back(request), verifier=verifier)
    except NoToken as error:
        return _page(request, account, row, OAuthForm(None, row), error)
    connect_oauth(row, tokens, by=viewer, now=now)
    toast(request, _("Access is allowed. Please test the connection now."))
    return go(request, account.test)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("intake:mailbox-oauth-back"))


def _of_box(request: HttpRequest, public_id: UUID) -> Account:
    viewer = viewer_of(request)
    require(can_administer(viewer))
    box = visible_mailboxes(viewer).filter(public_id=public_id).first()
    if box is None:
        raise NotFound
    args = [box.public_id]
    return Account(
        box=box,
        name=box.address,
        user=box.imap_user or box.address,
        key=str(box.public_id),
        parents=[
            (_("Mailboxes"), reverse("intake:mailboxes")),
            (box.address, reverse("intake:mailboxes-edit", args=args)),
        ],
        here=reverse("intake:mailbox-oauth", args=args),
        allow=reverse("intake:mailbox-oauth-allow", args=args),
        test=reverse("intake:mailbox-test", args=args),
    )


def _of_house(request: HttpRequest) -> Account:
    require(can_administer(viewer_of(request)))
    config, page_of_account = house_account(), reverse("intake:outgoing")
    return Account(
        box=None,
        name=_("Outgoing mail"),
        user=config.username if config else "",
        key=HOUSE,
        parents=[(_("Outgoing mail"), page_of_account)],
        here=reverse("intake:outgoing-oauth"),
        allow=reverse("intake:outgoing-oauth-allow"),
        test=page_of_account,  # its button saves and tests
    )


def _row(viewer: Viewer, box: Mailbox | None) -> MailOAuth:
    row = visible_oauth(viewer, box).first()
    if row is None:
        raise NotFound
    return row
