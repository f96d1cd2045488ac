"""Whether an agent said that they cannot be reached now; what their telephone tells is not kept twice."""

from django.db import models

from leitstelle.accounts.models import Person


class AgentAvailability(models.Model):
    """What an agent chose by hand last, and when (aware); without a row they can be reached."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_away = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
