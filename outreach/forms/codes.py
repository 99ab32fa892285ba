"""The form with which somebody sets up the app that makes codes."""

from allauth.mfa.totp.forms import ActivateTOTPForm


class CodeAppForm(ActivateTOTPForm):
    """The form of the library, with a label in Dutch: it has none."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code van de app"
