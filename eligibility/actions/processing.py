"""What the register of processing says of the koppeling: of each bron what was agreed, as it holds today."""

import datetime

from eligibility.models import Agreement, Bron
from outreach.actions.processing import INSIDE, MISSING, Processing, kept
from outreach.kernel import clock
from outreach.models.destruction import RetentionKind

_BOX = (
    "versleuteld vanaf de eerste byte; de koppeling is een gesloten omgeving die niemand kan inzien;"
    " alleen een pseudoniem verbindt de bestanden"
)


def of_the_koppeling() -> list[Processing]:
    """One line for each bron, by its agreement in force, and one for what comes out of all of them."""
    today = clock.today()
    agreements = Agreement.objects.order_by("bron_id", "-valid_from", "-pk")
    in_force: dict[str, Agreement] = {}
    for one in agreements:
        if one.in_force(today):
            in_force.setdefault(one.bron_id, one)
    return [*(_of_bron(bron, in_force.get(bron.pk)) for bron in Bron.objects.order_by("name")), _outcome()]


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
