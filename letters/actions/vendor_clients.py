"""The programs of vendors that may call: made, given a new secret, and shut out by a functioneel beheerder.

A secret is shown once and kept as a hash. Whoever is shut out is out at once: his tokens go with it.
"""

from dataclasses import dataclass, field

from django.db import transaction
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import AccessToken, Application

from letters.models import Vendor, VendorClient
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission, check
from outreach.policies import NotNow


@dataclass(frozen=True, slots=True)
class Issued:
    """A client with its secret, which nobody can see again."""

    client: VendorClient
    secret: str = field(repr=False)


@transaction.atomic
def make(*, vendor: Vendor, label: str, sandbox: bool, by: User) -> Issued:
    """Make a client. Raises PermissionDenied, and NotNow for a vendor that is no longer used."""
    check(by, Permission.REFERENCE_CHANGE)
    if not vendor.active:
        raise NotNow("Deze drukker is niet meer in gebruik.")
    secret = generate_client_secret()
    application = Application.objects.create(
        name=f"drukker {vendor.pk}",
        client_id=generate_client_id(),
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    client = VendorClient.objects.create(
        vendor=vendor, application=application, label=label, sandbox=sandbox, made_by=by
    )
    record(Event.VENDOR_CLIENT_MADE, "toegang", [client.pk], details={"test": sandbox})
    return Issued(client, secret)


@transaction.atomic
def rotate(*, client: VendorClient, by: User) -> Issued:
    """Give a client a new secret; the old one, and every token it got, is worth nothing from now on.

    Raises PermissionDenied, and NotNow when it is revoked.
    """
    check(by, Permission.REFERENCE_CHANGE)
    locked = _locked(client)
    secret = generate_client_secret()
    application = locked.application
    application.client_secret = secret
    application.save(update_fields=["client_secret", "updated"])
    locked.rotated_at = clock.now()
    locked.save(update_fields=["rotated_at"])
    _end_tokens(locked)
    record(Event.VENDOR_CLIENT_ROTATED, "toegang", [locked.pk])
    return Issued(locked, secret)


@transaction.atomic
def revoke(*, client: VendorClient, by: User) -> None:
    """Shut a client out, for good and at once. Raises PermissionDenied, and NotNow when it is out already."""
    check(by, Permission.REFERENCE_CHANGE)
    locked = _locked(client)
    locked.revoked_at = clock.now()
    locked.save(update_fields=["revoked_at"])
    _end_tokens(locked)
    record(Event.VENDOR_CLIENT_REVOKED, "toegang", [locked.pk])


def _locked(client: VendorClient) -> VendorClient:
    locked = (
        VendorClient.objects.select_for_update(of=["self"]).select_related("application").get(pk=client.pk)
    )
    if locked.revoked_at:
        raise NotNow("Deze toegang is al ingetrokken. Maak een nieuwe.")
    return locked


def _end_tokens(client: VendorClient) -> None:
    AccessToken.objects.filter(application=client.application_id).delete()
