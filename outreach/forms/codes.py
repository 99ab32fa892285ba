"""The second step of signing in: a code of an app on somebody's phone."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CodeAppForm(ActivateTOTPForm):
    """The form of the library, with a label in Dutch: it has none."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code van de app"


class MfaAdapter(DefaultMFAAdapter):
    """What makes the codes lies in the database under a key that is not there: a dump signs nobody in."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode("ascii")).decode()


def _box() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bereik tweede stap")
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.SECRET_KEY.encode())))
