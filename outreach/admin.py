"""Users, teams and regelingen in the admin, and the rules that hold for every register there.

A functioneel beheerder changes, a privacy officer looks. Nothing about residents is here.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from outreach.audit import Event, record
from outreach.forms.users import NewUserForm, TeamForm, UserForm
from outreach.models import Regeling, Team, User
from outreach.permissions import Permission, may


class ReferencePermissions:
    """Who may, by role. Django's own permissions of users and groups play no part."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REGISTER_SEE)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.REFERENCE_CHANGE)


class Kept:
    """What other rows or the history point at is never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReferenceAdmin(ReferencePermissions, admin.ModelAdmin):
    """Every change also stands in the audit, in its own transaction."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._audit("toegevoegd", [obj])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._audit("gewijzigd", [obj])
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        self._audit("verwijderd", queryset)
        return super().log_deletions(request, queryset)

    def _audit(self, act: str, rows: QuerySet | Sequence[Model]) -> None:
        subject = str(self.model._meta.verbose_name)
        record(Event.REFERENCE_CHANGED, subject, [row.pk for row in rows], details={"wat": act})


class UserAdmin(Kept, ReferenceAdmin, DjangoUserAdmin):
    """Who works here, as what and for which team. Somebody who leaves is made inactive, never removed.

    Rights come from the role alone, so Django's own switches for staff and superusers are not here. Nobody
    gives himself another role or team: a colleague does.
    """

    form = UserForm
    add_form = NewUserForm
    add_form_template = "admin/outreach/add_user.html"
    list_display = ("username", "last_name", "first_name", "role", "team", "is_active", "last_login")
    list_filter = ("role", "team", "is_active")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    list_select_related = ("team",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Wie", {"fields": ("first_name", "last_name", "email")}),
        ("Werk", {"fields": ("role", "team", "is_active")}),
        ("Wanneer", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "first_name", "last_name", "role", "team", "password1", "password2")},
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Who only looks gets no password, since the button beside it leads nowhere for him."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return ((None, {"fields": ("username",)}), *found[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        own = ("role", "team", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        return (*self.readonly_fields, *own)


class TeamAdmin(Kept, ReferenceAdmin):
    """Teams with the buurten they work in. A team that stops loses its buurten and its people."""

    list_display = ("name", "municipal", "all_areas", "buurt_names")
    list_filter = ("municipal", "all_areas")
    search_fields = ("name",)
    form = TeamForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).prefetch_related("buurten")

    @admin.display(description="buurten")
    def buurt_names(self, team: Team) -> str:
        """Its buurten in one line."""
        return ", ".join(buurt.name for buurt in team.buurten.all()) or "–"


class RegelingAdmin(Kept, ReferenceAdmin):
    """What a regeling is called and asks. Its code belongs to the program that knows its rules."""

    list_display = ("name", "code", "legal_basis", "ambtshalve", "closed")
    list_filter = ("closed", "ambtshalve")
    search_fields = ("name", "code")
    readonly_fields = ("code", "per_child")
    fields = (
        "code",
        "name",
        "summary",
        "conditions",
        "legal_basis",
        "per_child",
        "ambtshalve",
        "closed",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """What rests on the Participatiewet is asked for, and no page takes it away from that law."""
        rests_on = getattr(obj, "legal_basis", "")
        law = ("legal_basis", "ambtshalve") if "participatiewet" in rests_on.lower() else ()
        return (*self.readonly_fields, *law)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LogAdmin(Kept, ReferencePermissions, admin.ModelAdmin):
    """What was changed in the admin, by whom. It can be read and nothing else."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "get_change_message")
    list_filter = ("action_flag", ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("user__username", "object_repr")
    date_hierarchy = "action_time"

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


ADMINS = {User: UserAdmin, Team: TeamAdmin, Regeling: RegelingAdmin, LogEntry: LogAdmin}
