"""Addresses of intake: quarantine and mailboxes."""

from django.urls import path

from leitstelle.intake.views import quarantine
from leitstelle.intake.views.mailboxes import mailboxes

app_name = "intake"

urlpatterns = [
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/again/", quarantine.decide_all, name="decide-all"),
    path("quarantine/<uuid:public_id>/", quarantine.inbound, name="inbound"),
    path("quarantine/<uuid:public_id>/source/", quarantine.source, name="source"),
    path("quarantine/<uuid:public_id>/decide/", quarantine.decide, name="decide"),
    *mailboxes.urls("administration/mailboxes/"),
]
