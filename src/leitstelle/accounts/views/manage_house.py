"""The name of the house and of its portal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from leitstelle.accounts import actions, policies
from leitstelle.accounts.forms.house import HouseForm, HousePageForm
from leitstelle.accounts.models import House
from leitstelle.accounts.views.finding import both_values, set_value
from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_http_methods(["GET", "POST"])
def house(request: HttpRequest) -> HttpResponse:
    """The form of the house."""
    policies.require(policies.can_administer(viewer_of(request)))
    form = HousePageForm(request.POST or None)
    saved, differences = save_house(request, form)
    if saved:
        toast(request, _("Saved"))
        return go(request, reverse("accounts:admin-house"))
    status = 409 if differences else 422 if form.errors else 200
    return page(
        request, "accounts/admin/house.html", {"form": form, "differences": differences}, status=status
    )


def save_house(request: HttpRequest, form: HouseForm) -> tuple[bool, list[tuple[str, str, str]]]:
    """Save a form that was sent; whether it was, and what others changed meanwhile. Refusals go into the form."""
    differences: list[tuple[str, str, str]] = []
    if request.method != "POST" or not form.is_valid():
        return False, differences
    version = form.cleaned_data["version"] or None
    try:
        actions.save_house(form.to_input(), version=version, by=viewer_of(request), now=timezone.now())
    except InvalidInput as error:
        _place(form, error)
    except Conflict as error:
        form.add_error(None, error.message)
        names: dict[str, Any] = {name: str(field.label) for name, field in form.fields.items()}
        differences = both_values(error, names)
        set_value(form, "version", House.objects.values_list("version", flat=True).first() or 0)
    except DomainError as error:
        add_domain_error(form, error)
    else:
        return True, differences
    return False, differences


def _place(form: HouseForm, error: InvalidInput) -> None:
    """The action names the line of a domain (`domains-1`), the form has one box for all."""
    for name, text in error.fields.items():
        form.add_error(
            "domains" if name.startswith("domains") else name if name in form.fields else None, text
        )
