"""The refusal of a rate limit."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import DomainError


class TooMany(DomainError):
    """Too many uses in this window; `params["retry_after"]` are the seconds to wait."""

    code = "too_many"
    status = 429
    default_message = _("Too many attempts. Please wait a moment and try again.")
