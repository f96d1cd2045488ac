"""What can be wrong with the place where files lie."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import DomainError


class FileStoreDown(DomainError, OSError):
    """The bucket did not answer, refused or broke off; `params` hold the `reason` in its own words.

    An OSError: whoever works in the background tries again later, as with any trouble of the machine.
    """

    code = "file_store_down"
    status = 503
    default_message = _("The store of files cannot be used right now. Please try again in a few minutes.")

    def __str__(self) -> str:
        return str(self.params.get("reason", self.code))


class FileDamaged(DomainError, OSError):
    """What came back is not what was stored; `params` hold its `key`."""

    code = "file_damaged"
    status = 500
    default_message = _(
        "This file came back damaged from the store of files. Your administration can say more."
    )

    def __str__(self) -> str:
        return f"damaged: {self.params.get('key', '')}"
