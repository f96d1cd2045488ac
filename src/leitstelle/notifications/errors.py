"""What notifications refuse, with the words people read."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import InvalidInput


class NeverReachable(InvalidInput):
    """Quiet hours that leave no moment of the week would hold mail for ever."""

    code = "never_reachable"
    default_message = _("At least one weekday must remain on which mail may arrive.")
