"""Forms of the admin for the people who work here, and their teams."""

from django import forms
from django.contrib.auth.forms import UserChangeForm, UserCreationForm

from outreach.models import Buurt, Team, User

_USERNAME_HELP = "Hiermee logt iemand in. Kies een naam die blijft, zoals het e-mailadres van het werk."


class NewUserForm(UserCreationForm):
    """Somebody new: how he signs in, what he is and for which team."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "first_name", "last_name", "role", "team")
        help_texts = {"username": _USERNAME_HELP}


class UserForm(UserChangeForm):
    """Somebody who is here already. The password has a page of its own."""

    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"
        help_texts = {
            "username": _USERNAME_HELP,
            "is_active": "Werkt iemand hier niet meer? Kies Medewerkers in het menu en meld hem uit dienst.",
        }


class BuurtField(forms.ModelMultipleChoiceField):
    """Buurten to tick. Two may have the same name, so the code stands beside it."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Buurt) -> str:
        return f"{obj.name} ({obj.code})"


class TeamForm(forms.ModelForm):
    """A team and where it works."""

    buurten = BuurtField(Buurt.objects.all(), required=False, label="Buurten")

    class Meta:
        model = Team
        fields = ("name", "municipal", "all_areas", "buurten")
