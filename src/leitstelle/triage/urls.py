"""Addresses of triage."""

from django.urls import path

from leitstelle.triage import views

app_name = "triage"

urlpatterns = [
    path("tickets/proposals/<uuid:public_id>/accept/", views.accept, name="accept"),
    path("tickets/proposals/<uuid:public_id>/dismiss/", views.dismiss, name="dismiss"),
    path("tickets/proposals/<uuid:public_id>/undo/", views.undo, name="undo"),
    path("tickets/proposals/<uuid:public_id>/close/", views.close, name="close"),
    path("tickets/<uuid:public_id>/similar/", views.similar, name="similar"),
    path("outages/", views.bursts, name="bursts"),
    path("outages/<uuid:public_id>/", views.burst, name="burst"),
    path("outages/<uuid:public_id>/settle/", views.settle_burst, name="settle-burst"),
    path("administration/proposals/", views.figures, name="figures"),
    path("administration/proposals/train/", views.train_now, name="train"),
    path("administration/proposals/<slug:field>/", views.tune, name="tune"),
    path("administration/rules/", views.rule_list, name="rules"),
    path("administration/rules/new/", views.new_rule, name="new-rule"),
    path("administration/rules/trials/", views.start_trial, name="start-rule-trial"),
    path("administration/rules/trials/<uuid:public_id>/", views.show_trial, name="rule-trial"),
    path("administration/rules/of/<int:pk>/", views.rule_of, name="rule-of"),
    path("administration/rules/<uuid:public_id>/", views.edit_rule, name="rule"),
    path("administration/rules/<uuid:public_id>/switch/", views.switch_rule, name="switch-rule"),
    path("administration/rules/<uuid:public_id>/move/", views.move_rule, name="move-rule"),
    path("administration/rules/<uuid:public_id>/history/", views.rule_history, name="rule-history"),
    path("administration/rules/<uuid:public_id>/delete/", views.delete_rule, name="delete-rule"),
    *views.skills.urls("administration/skills/"),
    *views.people.urls("administration/people-and-skills/"),
    *views.modes.urls("administration/distribution/"),
    *views.absences.urls("administration/absences/"),
    path("account/work/", views.own_work, name="own-work"),
    path("tickets/next/", views.next_best, name="next-best"),
    path("tickets/<uuid:public_id>/why/", views.why, name="why"),
    path("tickets/take-over/", views.take_over, name="take-over"),
    path("tickets/take-over/<uuid:public_id>/", views.take_one_over, name="take-one-over"),
]
