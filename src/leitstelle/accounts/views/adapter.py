"""What allauth asks of us: limits, passwords through actions, mail through our outbox, where to go next."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from leitstelle.accounts import actions, queries
from leitstelle.accounts.models import Person
from leitstelle.accounts.views.guard import check_sign_in
from leitstelle.accounts.views.home import home_of
from leitstelle.accounts.views.links import claim_link
from leitstelle.accounts.views.mails import absolute, send_account_mail
from leitstelle.kernel.limits import TooMany
from leitstelle.kernel.viewer import Hat


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """allauth keeps sign-in, reset and sessions; people, mail and counting are ours."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is looked at."""
        try:
            check_sign_in(request, str(credentials.get("email", "")), timezone.now())
        except TooMany as error:
            raise self.validation_error("too_many_login_attempts") from error

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the failure for the person whose address was used; strangers' addresses are nobody's history."""
        person = queries.find_by_email(str(credentials.get("email", "")))
        if person is not None:
            actions.note_failed_sign_in(person, now=timezone.now())

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Every way in ends here: password, link, invitation."""
        actions.note_sign_in(user, now=timezone.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Agents to the workspace, everybody else to the portal."""
        if not isinstance(request.user, Person):
            return reverse("account_login")
        return home_of(queries.viewer_for(request.user, Hat.AGENT))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are never created by allauth: `views.sign_up` does it after the address is proven."""
        return False

    def set_password(self, user: Person, password: str) -> None:
        """Set a password that a reset or a change asked for."""
        own = queries.viewer_for(user, Hat.REQUESTER)
        actions.set_password(user, password, by=own, now=timezone.now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the mail; the key holds the person and a token that one use spends."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return absolute(self.request, path)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's notices are left out: each page says itself what happened."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand allauth's mails to the outbox; those to strangers look the same from outside."""
        person = context.get("user")
        kind = template_prefix.rpartition("/")[2]
        values: dict[str, Any] = {}
        if kind == "password_reset_key":
            values = {"link": context["password_reset_url"]}
        elif kind == "unknown_account":
            person = queries.find_by_email(email)
            values = {"link": claim_link(self.request, email)}
        else:
            raise NotImplementedError(template_prefix)
        send_account_mail(
            kind,
            email,
            values,
            person=person,
            language=translation.get_language() or "de",
            now=timezone.now(),
        )
