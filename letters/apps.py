from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db.models import Max
from django.db.models.signals import post_migrate

from letters.composition.house_style import HouseStyleFault, house_style
from letters.texts.catalog import load_texts
from letters.texts.versions import fingerprint, split


class LettersConfig(AppConfig):
    name = "letters"
    verbose_name = "Brieven"

    def ready(self) -> None:
        checks.register(letterhead_is_usable)
        post_migrate.connect(put_in_shipped_texts, sender=self)


def letterhead_is_usable(app_configs: object, **kwargs: object) -> list[checks.CheckMessage]:
    """The logo and the colour of the letters, read at the start and not first when a letter is made."""
    try:
        house_style(settings.GEMEENTE_LOGO, settings.GEMEENTE_KLEUR)
    except HouseStyleFault as fault:
        return [checks.Error(str(fault), id="letters.E001")]
    return []


def put_in_shipped_texts(sender: object = None, using: str = "default", **kwargs: object) -> int:
    """Put in the texts that ship with the software, as concepts that nobody made; the number of new ones.

    A text that was never there becomes version 1, and one that this release words anew the next version: it
    goes out when two people here have read it. While somebody works on a concept of a text, it waits.
    """
    known = kwargs.get("apps", apps)
    try:
        known.get_model("letters", "Edition")  # type: ignore[attr-defined]
    except LookupError:
        return 0  # Migrated back to before there were versions.
    model, regelingen = apps.get_model("letters", "Template"), apps.get_model("outreach", "Regeling")
    versions = model.objects.using(using)
    here = {"", *regelingen.objects.using(using).values_list("pk", flat=True)}
    shipped = {(kind, code): content for kind, code, content in split(load_texts()) if code in here}
    seen = set(versions.filter(made_by=None).values_list("kind", "regeling_id", "sha256"))
    busy = set(versions.filter(state="concept").values_list("kind", "regeling_id"))
    last: dict[tuple[str, str | None], int] = {
        (row["kind"], row["regeling_id"]): row["last"]
        for row in versions.order_by().values("kind", "regeling_id").annotate(last=Max("number"))
    }
    new = [
        model(
            kind=kind,
            regeling_id=code or None,
            number=last.get((kind, code or None), 0) + 1,
            content=content,
            sha256=fingerprint(content),
        )
        for (kind, code), content in shipped.items()
        if (kind, code or None, fingerprint(content)) not in seen and (kind, code or None) not in busy
    ]
    return len(versions.bulk_create(new))
