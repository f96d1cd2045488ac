"""The rescue admin of accounts: operators look things up here; changes go through the product's own pages."""

from typing import TypeVar

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from leitstelle.accounts.models import (
    ApiToken,
    ContactPoint,
    LevelScheme,
    Organisation,
    Person,
    RoleGrant,
    Team,
)

M = TypeVar("M", bound=Model)

# The admin's own form asks for a login name that nobody knows; ours asks for an address.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly(admin.ModelAdmin[M]):
    """Lists and shows; adds, changes and deletes nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(ReadOnly[Person]):
    list_display = ("display_name", "organisation", "kind", "is_active", "last_login")
    list_filter = ("is_active", "kind")
    list_select_related = ("organisation",)
    search_fields = ("display_name", "contact_points__normalised")
    exclude = ("password",)


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnly[ContactPoint]):
    list_display = ("value", "kind", "person", "verified_at", "suspended_at")
    list_select_related = ("person",)
    search_fields = ("normalised",)


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnly[RoleGrant]):
    list_display = ("person", "role", "organisation", "team", "level", "created_at")
    list_select_related = ("person", "organisation", "team", "level")
    list_filter = ("role",)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly[Organisation]):
    list_display = ("name", "kind", "parent", "is_active")
    list_select_related = ("parent",)
    search_fields = ("name",)


@admin.register(Team)
class TeamAdmin(ReadOnly[Team]):
    list_display = ("name", "level", "is_default", "is_active")
    list_select_related = ("level",)


@admin.register(LevelScheme)
class LevelSchemeAdmin(ReadOnly[LevelScheme]):
    list_display = ("key", "name_de", "is_default")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly[ApiToken]):
    list_display = ("name", "person", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("person",)
    exclude = ("digest",)
