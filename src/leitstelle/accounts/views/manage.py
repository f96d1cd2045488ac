"""Addresses of the administration of people, organisations, teams and levels."""

from django.urls import URLPattern, path

from leitstelle.accounts.views import (
    manage_house,
    manage_invitations,
    manage_levels,
    manage_organisations,
    manage_people,
    manage_roles,
    manage_teams,
)

urlpatterns: list[URLPattern] = [
    path("administration/house/", manage_house.house, name="admin-house"),
    path("administration/invitations/", manage_invitations.invitations, name="admin-invitations"),
    path(
        "administration/invitations/<uuid:public_id>/renew/",
        manage_invitations.renew,
        name="admin-invitation-renew",
    ),
    path(
        "administration/invitations/<uuid:public_id>/withdraw/",
        manage_invitations.withdraw,
        name="admin-invitation-withdraw",
    ),
    path("administration/people/", manage_people.people, name="admin-people"),
    path("administration/people/new/", manage_people.person_new, name="admin-person-new"),
    path("administration/people/<uuid:public_id>/", manage_people.person, name="admin-person"),
    path("administration/people/<uuid:public_id>/active/", manage_people.active, name="admin-person-active"),
    path("administration/people/<uuid:public_id>/roles/", manage_roles.grant, name="admin-role-grant"),
    path(
        "administration/people/<uuid:public_id>/roles/<int:pk>/revoke/",
        manage_roles.revoke,
        name="admin-role-revoke",
    ),
    path("administration/organisations/", manage_organisations.organisations, name="admin-organisations"),
    path(
        "administration/organisations/new/",
        manage_organisations.organisation_new,
        name="admin-organisation-new",
    ),
    path(
        "administration/organisations/<uuid:public_id>/",
        manage_organisations.organisation,
        name="admin-organisation",
    ),
    path(
        "administration/organisations/<uuid:public_id>/active/",
        manage_organisations.active,
        name="admin-organisation-active",
    ),
    path(
        "administration/organisations/<uuid:public_id>/sites/new/",
        manage_organisations.site,
        name="admin-site-new",
    ),
    path(
        "administration/organisations/<uuid:public_id>/sites/<uuid:site_id>/",
        manage_organisations.site,
        name="admin-site",
    ),
    path(
        "administration/organisations/<uuid:public_id>/sites/<uuid:site_id>/remove/",
        manage_organisations.site_remove,
        name="admin-site-remove",
    ),
    path("administration/teams/", manage_teams.teams, name="admin-teams"),
    path("administration/teams/new/", manage_teams.team, name="admin-team-new"),
    path("administration/teams/<uuid:public_id>/", manage_teams.team, name="admin-team"),
    path("administration/levels/", manage_levels.schemes, name="admin-levels"),
    path("administration/levels/new/", manage_levels.scheme, name="admin-level-new"),
    path("administration/levels/<slug:key>/", manage_levels.scheme, name="admin-level"),
    path("administration/levels/<slug:key>/default/", manage_levels.default, name="admin-level-default"),
]
