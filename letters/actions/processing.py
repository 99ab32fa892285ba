"""What the register of processing says of letters, forms that come back, and what is granted."""

from collections.abc import Iterable

from letters.models import LegalBasis, PayingAdministration, Vendor
from outreach.actions.processing import HOUSEHOLDS, INSIDE, TRANSFER_BY_RECIPIENT, Processing, kept, named
from outreach.models.destruction import RetentionKind


def of_the_letters() -> list[Processing]:
    """Letters to the printing vendor, forms that come back, grants, and names that are shared."""
    vendors = Vendor.objects.filter(active=True).values_list("name", flat=True)
    payers = PayingAdministration.objects.values_list("name", flat=True)
    bases = LegalBasis.objects.filter(withdrawn_at=None).select_related("regeling")
    granted = [f"{one.regeling.name}: ondertekend, gedateerd {one.dated:%d-%m-%Y}" for one in bases]
    return [
        Processing(
            number="brieven",
            name="Brieven en herinneringen sturen",
            purpose="inwoners wijzen op een regeling, met een formulier dat al is ingevuld",
            ground="de ronde, die een ander vaststelde dan wie hem maakte",
            subjects=HOUSEHOLDS,
            data="naam, adres, geboortedatum van wie op het formulier staat, regeling",
            source="de koppeling",
            recipients=named(vendors, "nog geen drukker"),
            kept=kept(RetentionKind.LETTER_FILE, RetentionKind.ROUND),
            security="versleuteld; de drukker ziet alleen zijn eigen partijen, tien minuten per bestand",
            abroad=TRANSFER_BY_RECIPIENT,
        ),
        Processing(
            number="formulieren",
            name="Formulieren inlezen en beoordelen",
            purpose="een aanvraag behandelen",
            ground="de aanvraag zelf, ondertekend door de inwoner",
            subjects="inwoners die een formulier terugsturen",
            data="handtekening, inkomen en vermogen als die gevraagd zijn, bijlagen, besluit",
            source="de inwoner, via de scanstraat",
            recipients=INSIDE,
            kept=kept(RetentionKind.SCAN, RetentionKind.ROUND),
            security="scans versleuteld; gelezen door een afgesloten proces",
        ),
        Processing(
            number="toekenningen",
            name="Toekennen en laten uitbetalen",
            purpose="uitvoeren van de regeling",
            ground=named(granted, "het besluit op elke aanvraag; zonder formulier wordt niets toegekend"),
            subjects="inwoners aan wie iets is toegekend",
            data="BSN, regeling, datum van toekenning",
            source="de beoordeling",
            recipients=named(payers, "nog geen uitkerende administratie"),
            kept=f"bestand: tot het is opgehaald; besluit: {kept(RetentionKind.ROUND)}",
            security="versleuteld met de sleutel van wie uitbetaalt; een BSN staat nergens anders voluit",
            abroad=TRANSFER_BY_RECIPIENT,
        ),
        _of_sharing(payers),
    ]


def _of_sharing(receivers: Iterable[str]) -> Processing:
    """Names that go to who decides on kwijtschelding."""
    return Processing(
        number="delen",
        name="Namen delen met Gemeentebelastingen",
        purpose="inwoners wijzen op kwijtschelding",
        ground="de handtekening van de juridisch adviseur onder elke deling",
        subjects=HOUSEHOLDS,
        data="naam en adres van wie daarover een brief kreeg en geen bezwaar maakte",
        source="de koppeling",
        recipients=named(receivers, "nog niemand"),
        kept=f"bestand: {kept(RetentionKind.SHARE_FILE)}; dat er gedeeld is: {kept(RetentionKind.PERSON)}",
        security="versleuteld met de sleutel van de ontvanger; geen BSN",
        abroad=TRANSFER_BY_RECIPIENT,
    )
