"""One's own API tokens."""

from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts import actions, labels, policies
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.forms.tokens import TokenForm
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries.viewers import signed_in_person
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The list, and a form for a new one, whose text is shown this once."""
    viewer, person = viewer_of(request), signed_in_person(request)
    policies.require(policies.can_create_token(viewer, person))
    form = TokenForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        text = _create(request, person, form)
        if text:
            form = TokenForm()
    tokens = [
        (token, ", ".join(str(labels.TOKEN_SCOPES[scope]) for scope in token.scopes))
        for token in person.api_tokens.order_by("-id")
    ]
    context = {"form": form, "tokens": tokens, "text": text}
    return page(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


def _create(request: HttpRequest, person: Person, form: forms.Form) -> str:
    now, values = timezone.now(), form.cleaned_data
    expires = now + timedelta(days=int(values["days"])) if values["days"] else None
    scopes = [TokenScope(scope) for scope in values["scopes"]]
    try:
        _token, text = actions.create_api_token(
            person, values["name"], scopes, expires_at=expires, by=viewer_of(request), now=now
        )
    except DomainError as error:
        add_domain_error(form, error)
        return ""
    return text


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one's own token useless."""
    token = one(signed_in_person(request).api_tokens.select_related("person"), pk=pk)
    actions.revoke_api_token(token, by=viewer_of(request), now=timezone.now())
    toast(request, _("The token was revoked."))
    return go(request, reverse("accounts:tokens"))
