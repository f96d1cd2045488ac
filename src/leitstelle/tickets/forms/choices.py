"""Choices among rows of the desk, and the version that every changing form carries."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.models import Category, Priority, Service
from leitstelle.catalog.queries import active_services, categories_in_use, priorities
from leitstelle.tickets.queries.people import teams, unavailable

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
    ChoiceIterator = ModelChoiceIterator[Any]
else:
    ModelChoice = forms.ModelChoiceField
    ChoiceIterator = ModelChoiceIterator


class KeptChoices(ChoiceIterator):
    """Options from rows kept per process; what was chosen is still looked up in the database."""

    def __iter__(self) -> Iterator[Any]:
        field = cast("KeptChoice", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        for row in field.rows():
            yield self.choice(row)


class KeptChoice(ModelChoice):
    """A choice among rows that `rows` returns in the order of the list."""

    iterator = KeptChoices
    rows: Callable[[], list[Any]]


class NamedChoice(ModelChoice):
    """A choice among rows that are named in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("please choose"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)


class CategoryChoice(KeptChoice):
    """A choice among categories, shown with their branch."""

    rows = staticmethod(categories_in_use)

    def __init__(self, **kwargs: Any) -> None:
        rows = Category.objects.filter(is_active=True).select_related("parent").order_by("order", "pk")
        super().__init__(rows, required=False, empty_label=_("not classified"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return branch_name(obj)


class ServiceChoice(NamedChoice, KeptChoice):
    """A choice among the services in use."""

    rows = staticmethod(active_services)

    def __init__(self, **kwargs: Any) -> None:
        rows = Service.objects.filter(is_active=True)
        super().__init__(rows, **{"required": False, "empty_label": _("no service"), **kwargs})


class PriorityChoice(NamedChoice, KeptChoice):
    """A choice among the priorities."""

    rows = staticmethod(priorities)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Priority.objects.all(), **kwargs)


class TeamChoice(ModelChoice):
    """A choice among teams, shown with their level."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(teams(), **{"empty_label": _("please choose"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj.level)} · {obj.name}"


class AgentChoice(ModelChoice):
    """A choice among agents; beside those who cannot be reached now stands why."""

    _words: Mapping[int, str] | None = None

    def label_from_instance(self, obj: Any) -> str:
        # Asked for once per form, whose fields are copies of their own.
        if self._words is None:
            self._words = unavailable(timezone.now())
        word = self._words.get(obj.pk)
        return f"{obj.display_name} – {word}" if word else str(obj.display_name)


class VersionedForm(forms.Form):
    """Carries the version the person saw, so that a change made meanwhile is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
