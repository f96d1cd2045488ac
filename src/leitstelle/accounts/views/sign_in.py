"""Sign-in, sign-out and passwords: allauth's views in our frame."""

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leitstelle.accounts import labels
from leitstelle.accounts.forms.sign_in import ChangePasswordForm, ForgottenForm, NewPasswordForm, SignInForm
from leitstelle.accounts.models import Person
from leitstelle.accounts.views.display import set_display_cookies
from leitstelle.accounts.views.guard import check_link, may_mail
from leitstelle.kernel.web import go, render, toast
from leitstelle.kernel.web.addresses import address_or_nothing


class InShell:
    """Draws an allauth view in the frame of our pages; an invalid form answers 422."""

    request: HttpRequest
    template_name: str

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Answer with the template; `kwargs` of Django's template views are not needed."""
        form = context.get("form")
        status = 422 if form is not None and form.is_bound and form.errors else 200
        return render(self.request, self.template_name, context, status=status)


def _demo_sign_ins() -> list[tuple[str, Any]]:
    """(role, sign-in) of the demo company; nothing anywhere else."""
    if not settings.DEMO:
        return []
    offered = import_string(settings.DEMO_SIGN_INS)()
    return [(str(labels.DEMO_ROLES.get(one.role, one.role)), one) for one in offered]


class SignIn(InShell, allauth.LoginView):  # type: ignore[misc]
    """Address and password; afterwards to where the person belongs."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"guest_url": address_or_nothing(settings.PORTAL_HOME), "demo": _demo_sign_ins()}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if isinstance(self.request.user, Person):
            set_display_cookies(response, self.request.user)
        return response


class SignOut(InShell, allauth.LogoutView):  # type: ignore[misc]
    """Asks on GET, signs out on POST."""

    template_name = "accounts/sign_out.html"


class Inactive(InShell, allauth.AccountInactiveView):  # type: ignore[misc]
    """The password was right, but the person may not sign in any more."""

    template_name = "accounts/inactive.html"


class PasswordForgotten(InShell, allauth.PasswordResetView):  # type: ignore[misc]
    """Asks for an address; the answer is the same whether it is known or not."""

    template_name = "accounts/password_forgotten.html"

    def get_form_class(self) -> type[ForgottenForm]:
        return ForgottenForm

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        if may_mail(self.request, form.cleaned_data["email"], timezone.now()):
            form.save(self.request)
        return go(self.request, str(self.success_url))


class PasswordMailSent(InShell, allauth.PasswordResetDoneView):  # type: ignore[misc]
    """A mail is on its way, if the address is known."""

    template_name = "accounts/mail_sent.html"


class PasswordNew(InShell, allauth.PasswordResetFromKeyView):  # type: ignore[misc]
    """The page a link in the mail leads to; the link itself changes nothing (scanners open links)."""

    template_name = "accounts/password_new.html"

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        check_link(request, timezone.now())
        response: HttpResponseBase = super().dispatch(request, uidb36, key, **kwargs)
        return response

    def get_form_class(self) -> type[NewPasswordForm]:
        return NewPasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"token_fail": False} | context


class PasswordNewDone(InShell, allauth.PasswordResetFromKeyDoneView):  # type: ignore[misc]
    """The new password counts from now on."""

    template_name = "accounts/password_new_done.html"


class PasswordChange(LoginRequiredMixin, InShell, allauth.PasswordChangeView):  # type: ignore[misc]
    """Changes the password of whoever is signed in."""

    template_name = "accounts/password_change.html"

    def get_form_class(self) -> type[ChangePasswordForm]:
        return ChangePasswordForm

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        toast(self.request, _("Your password was changed."))
        return response
