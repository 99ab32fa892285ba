"""What the register of processing says of the koppeling: of each bron what was agreed, as it holds today."""

import datetime

from eligibility.bronnen import PURPOSE
from eligibility.models import Agreement, Bron, ControllerRole
from eligibility.models.unsealing import READABLE_DAYS
from outreach.actions.processing import INSIDE, MISSING, NO_TERM, Processing, kept
from outreach.kernel import clock
from outreach.models.destruction import RetentionKind

_BOX = (
    "versleuteld vanaf de eerste byte; de koppeling is een gesloten omgeving die niemand kan inzien;"
    " alleen een pseudoniem verbindt de bestanden"
)


def of_the_koppeling() -> list[Processing]:
    """One line for each bron by its agreement in force, and for what comes out: who, and why."""
    today = clock.today()
    newest = Agreement.objects.order_by("bron_id", "-valid_from", "-pk")
    # What a delivery can rest on goes before a draft; a draft alone shows what nobody wrote down yet.
    agreements = sorted(newest, key=lambda one: not (one.is_whole() and PURPOSE in one.purposes))
    in_force: dict[str, Agreement] = {}
    for one in agreements:
        if one.in_force(today):
            in_force.setdefault(one.bron_id, one)
    of_bronnen = [_of_bron(bron, in_force.get(bron.pk)) for bron in Bron.objects.order_by("name")]
    return [*of_bronnen, _outcome(), _unsealing()]


def _of_bron(bron: Bron, agreed: Agreement | None) -> Processing:
    if agreed is None:
        gone = "geen afspraak van kracht: er komt niets binnen"
        return Processing(
            f"bron-{bron.pk}", f"Koppelen: {bron.name}", gone, gone, "niemand", "geen", bron.supplier,
            "niemand", kept(RetentionKind.DELIVERY), _BOX,
        )  # fmt: skip
    return Processing(
        number=f"bron-{bron.pk}",
        name=f"Koppelen: {bron.name}",
        purpose=", ".join(agreed.purposes),
        ground=_decided(agreed),
        subjects="iedereen in het bestand",
        data="; ".join(f"{column} ({agreed.uses.get(column) or MISSING})" for column in agreed.columns),
        source=f"{agreed.supplier or bron.supplier} ({_role(agreed)})",
        recipients="niemand: uit de koppeling komen alleen huishoudens, nooit waarom",
        kept=_kept(agreed),
        security=_BOX,
        jointly=_jointly(agreed, bron),
    )


def _decided(agreed: Agreement) -> str:
    """On what it rests: the decision, and the contract where there is one."""
    said = [f"besluit privacycommissie {_reference(agreed.committee_reference, agreed.committee_dated)}"]
    if agreed.processing_reference:
        contract = _reference(agreed.processing_reference, agreed.processing_dated)
        said.append(f"verwerkersovereenkomst {contract}")
    return "; ".join(said)


def _reference(reference: str, dated: datetime.date | None) -> str:
    return f"{reference} van {dated:%d-%m-%Y}" if reference and dated else MISSING


def _role(agreed: Agreement) -> str:
    return agreed.get_role_display().lower() if agreed.role else f"rol {MISSING}"


def _jointly(agreed: Agreement, bron: Bron) -> str:
    """With whom the municipality is responsible together. Source: AVG articles 26 and 30, lid 1, onder a."""
    if not agreed.role:
        return MISSING
    return (agreed.supplier or bron.supplier) if agreed.role == ControllerRole.JOINT else "niemand"


def _kept(agreed: Agreement) -> str:
    months = f"{agreed.retention_months} maanden" if agreed.retention_months else MISSING
    rules = kept(RetentionKind.DELIVERY, RetentionKind.CYCLE)
    return f"volgens de afspraak: {months}; {rules}; voor een levering geldt de kortste"


def _outcome() -> Processing:
    return Processing(
        number="koppeling",
        name="Uitkomst van de koppeling",
        purpose="huishoudens vinden die een regeling misschien mislopen",
        ground="de afspraken met alle bronnen, samen",
        subjects="inwoners die misschien iets mislopen, en hun gezin",
        data="naam, geboortedatum, adres, samenstelling van het gezin, regelingen met zeker of onzeker",
        source="de bronnen hierboven",
        recipients=INSIDE,
        kept=kept(RetentionKind.ROUND, RetentionKind.PERSON, RetentionKind.REASONS),
        security="waarom iemand gevonden is, staat nergens buiten de gesloten omgeving",
    )


def _unsealing() -> Processing:
    return Processing(
        number="ontzegelen",
        name="Openen waarom een inwoner gevonden is",
        purpose="een vraag, klacht of bezwaar van die inwoner beantwoorden",
        ground="AVG artikel 15; de juridisch adviseur staat elk verzoek toe",
        subjects="de inwoner om wie het gaat",
        data="wie het vroeg en waarom, wat is besloten; de reden zelf alleen versleuteld",
        source="de gesloten omgeving van de koppeling",
        recipients="wie het vroeg en wie het toestond",
        kept=f"het verzoek: {NO_TERM}; een geopende reden: {READABLE_DAYS} dagen;"
        f" {kept(RetentionKind.REASONS)}",
    )
