"""What a user decides for himself."""

from django import forms

from outreach.models import User


class OwnSettingsForm(forms.ModelForm):
    """Whether he gets the mail of each working day."""

    class Meta:
        model = User
        fields = ["daily_mail"]
        labels = {"daily_mail": "Stuur mij elke werkdag een mail"}
        help_texts = {
            "daily_mail": "Alleen als er iets op je wacht. In de mail staat nooit iets over een inwoner."
        }
