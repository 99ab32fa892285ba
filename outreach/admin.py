"""Users, teams and regelingen in the admin, and the rules that hold for every register there.

A functioneel beheerder changes, a privacy officer looks. Nothing about residents is here.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from outreach.actions import breaches
from outreach.actions.code_app import loosen
from outreach.actions.leaving import InHand, in_hand
from outreach.audit import Event, record
from outreach.forms.breach import BreachForm
from outreach.forms.users import NewUserForm, TeamForm, UserForm
from outreach.kernel import clock
from outreach.models import Breach, Organisation, Regeling, Team, User
from outreach.models.breach import BreachState
from outreach.permissions import Permission, may
from outreach.views.access import signed_in


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


def _hand_over_first(user: Model, busy: InHand) -> str:
    """Why his role and team stand fixed, and where to see what is on his name."""
    return format_html(
        "Op deze naam {} nog {} en {}. Die moeten eerst naar een collega; daarna kun je rol en team"
        " veranderen. Een teamleider geeft ze door bij Looplijsten en Taken. Gaat deze medewerker weg? Meld"
        ' hem dan <a href="{}">uit dienst</a>: dan kies je wie alles overneemt.',
        "staat" if busy.lists + busy.tasks == 1 else "staan",
        "1 looplijst" if busy.lists == 1 else f"{busy.lists} looplijsten",
        "1 taak" if busy.tasks == 1 else f"{busy.tasks} taken",
        reverse("staff_leave", args=[user.pk]),
    )


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
    actions = ("loosen_code_app",)
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
        if obj is None:
            return found
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("username",)}), *found[1:])
        busy = self._on_name(request, obj)
        if busy is None:
            return found
        return [
            (name, {**options, "description": _hand_over_first(obj, busy)} if name == "Werk" else options)
            for name, options in found
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Nobody changes his own work here. Who leaves, leaves by the page that hands his work over."""
        own = ("role", "team") if obj is not None and obj.pk == request.user.pk else ()
        stays = ("is_active",) if obj is not None and getattr(obj, "is_active", False) else ()
        busy = ("role", "team") if self._on_name(request, obj) else ()
        return (*self.readonly_fields, *dict.fromkeys((*own, *busy)), *stays)

    @admin.action(description="Code-app losmaken (telefoon kwijt)", permissions=["change"])
    def loosen_code_app(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Not of oneself: who can get in moves to another phone himself."""
        done = loosen(queryset.exclude(pk=request.user.pk))
        self.message_user(request, f"Losgemaakt: {done}. Bij het inloggen stelt die een nieuwe code-app in.")

    def _on_name(self, request: HttpRequest, obj: Model | None) -> InHand | None:
        """The lists and tasks that would be left behind when he went to another role or team."""
        if not isinstance(obj, User) or obj.pk == request.user.pk:
            return None
        if not self.has_change_permission(request, obj):
            return None
        if request.method == "POST":
            # Who gives him something now waits, and then reads his new role and team.
            User.objects.select_for_update(of=("self",)).get(pk=obj.pk)
        found = in_hand(user=obj, by=signed_in(request))
        return found if found.to_give else None


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


class OrganisationAdmin(Kept, ReferenceAdmin):
    """Organisations that help residents further, with a general number and address: nobody there is named."""

    list_display = ("name", "kind", "phone", "email", "active")
    list_filter = ("active", "kind")
    search_fields = ("name",)


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


class BreachAdmin(Kept, admin.ModelAdmin):
    """The register of data breaches with their 72 hours, for the privacy officer alone. Looks are audited.

    How many people it is about stands here, and not who they are. What was reported stays as it was; beside
    it he writes what was done, until he closes it. Source: AVG art. 33, lid 5.
    """

    form = BreachForm
    list_display = ("__str__", "kind", "discovered_at", "time_left", "people_count", "reported_by", "state")
    list_filter = ("state", "ap", "told", "kind")
    list_select_related = ("reported_by",)
    readonly_fields = (
        *("kind", "text", "number_of_people", "discovered_at", "deadline", "time_left"),
        *("reported_by", "reported_at", "state", "closed_by", "closed_at"),
    )
    fieldsets = (
        (None, {"fields": ("kind", "text", "state")}),
        ("De 72 uur", {"fields": ("discovered_at", "deadline", "time_left", "reported_by", "reported_at")}),
        ("Wat en van wie", {"fields": ("data", "people_count", "number_of_people", "measures")}),
        ("Autoriteit Persoonsgegevens", {"fields": ("ap", "ap_at", "ap_reason")}),
        ("De inwoners zelf", {"fields": ("told", "told_at", "told_reason")}),
        ("Afgesloten", {"fields": ("closed_by", "closed_at")}),
    )
    date_hierarchy = "discovered_at"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Permission.BREACH_SEE)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, Permission.BREACH_SEE)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What was closed is not changed any more."""
        closed = isinstance(obj, Breach) and obj.state == BreachState.CLOSED
        return may(request.user, Permission.BREACH_SEE) and not closed

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Only the answers are written: what was reported the database keeps as it is."""
        by = signed_in(request)
        breaches.answer(breach=cast(Breach, obj), answers=form.cleaned_data, by=by)
        if "_close" in request.POST:
            breaches.close(breach=cast(Breach, obj), by=by)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Breach]:
        found = super().get_queryset(request)
        record(Event.BREACH_SEEN, "datalek", found.values_list("pk", flat=True))
        return found

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Refuses before it looks for the row, which the row policy hides from others."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    @admin.display(description="inwoners op de lijst")
    def number_of_people(self, breach: Breach) -> str:
        """How many people stood on the paper that was lost."""
        return str(len(breach.persons)) if breach.persons else "–"

    @admin.display(description="72 uur")
    def time_left(self, breach: Breach) -> str:
        """What is left of them, or what was decided."""
        return breach.clock(clock.now())

    @admin.display(description="melden vóór", ordering="discovered_at")
    def deadline(self, breach: Breach) -> str:
        """The end of the 72 hours."""
        return date_format(localtime(breach.deadline()), "j F Y H:i")


ADMINS = {
    Breach: BreachAdmin,
    User: UserAdmin,
    Team: TeamAdmin,
    Regeling: RegelingAdmin,
    Organisation: OrganisationAdmin,
    LogEntry: LogAdmin,
}
