"""Shapes of what keepers of guides enter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.forms import ManyFiles
from leitstelle.knowledge.rules.reading import MAX_SOURCE


class GuideForm(forms.Form):
    """The text of a guide; `version` is the one the editor saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("Text of the guide"),
        max_length=MAX_SOURCE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "class": "mono", "spellcheck": "false", "wrap": "off"}),
        help_text=_("In the format YAML. It is checked while you type."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].widget.attrs["maxlength"] = MAX_SOURCE


class ImportForm(forms.Form):
    """Files with one guide each."""

    uploads = forms.FileField(
        label=_("Files with guides"),
        widget=ManyFiles(attrs={"accept": ".yaml,.yml,text/plain"}),
        help_text=_(
            "One guide per file, in the format YAML. What they bring stays a draft until you publish it."
        ),
    )
