"""Every write of the accounts domain, one verb per intent."""

from leitstelle.accounts.actions.contacts import (
    ContactInput,
    add_contact_point,
    change_contact_points,
    choose_primary_contact_point,
    prove_address,
    remove_contact_point,
    resume_contact_point,
    suspend_contact_point,
    verify_contact_point,
)
from leitstelle.accounts.actions.levels import (
    LevelInput,
    SchemeInput,
    choose_default_level_scheme,
    create_level_scheme,
    edit_level_scheme,
    ensure_level_schemes,
)
from leitstelle.accounts.actions.organisations import (
    OrganisationInput,
    create_organisation,
    deactivate_organisation,
    edit_organisation,
    reactivate_organisation,
)
from leitstelle.accounts.actions.people import (
    PersonInput,
    create_person,
    deactivate_person,
    edit_person,
    ensure_person_for_address,
    reactivate_person,
)
from leitstelle.accounts.actions.profile import ProfileInput, change_profile
from leitstelle.accounts.actions.roles import Scope, grant_role, revoke_role
from leitstelle.accounts.actions.sign_in import claim_account, set_password
from leitstelle.accounts.actions.sites import SiteInput, remove_site, save_site
from leitstelle.accounts.actions.teams import TeamInput, TeamPeople, create_team, edit_team, set_team_members
from leitstelle.accounts.actions.tokens import create_api_token, note_token_use, revoke_api_token

__all__ = [
    "ContactInput",
    "LevelInput",
    "OrganisationInput",
    "PersonInput",
    "ProfileInput",
    "SchemeInput",
    "Scope",
    "SiteInput",
    "TeamInput",
    "TeamPeople",
    "add_contact_point",
    "change_contact_points",
    "change_profile",
    "choose_default_level_scheme",
    "choose_primary_contact_point",
    "claim_account",
    "create_api_token",
    "create_level_scheme",
    "create_organisation",
    "create_person",
    "create_team",
    "deactivate_organisation",
    "deactivate_person",
    "edit_level_scheme",
    "edit_organisation",
    "edit_person",
    "edit_team",
    "ensure_level_schemes",
    "ensure_person_for_address",
    "grant_role",
    "note_token_use",
    "prove_address",
    "reactivate_organisation",
    "reactivate_person",
    "remove_contact_point",
    "remove_site",
    "resume_contact_point",
    "revoke_api_token",
    "revoke_role",
    "save_site",
    "set_password",
    "set_team_members",
    "suspend_contact_point",
    "verify_contact_point",
]
