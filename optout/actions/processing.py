"""What the register of processing says of people who do not want to be approached."""

from outreach.actions.processing import INSIDE, Processing, kept
from outreach.models.destruction import RetentionKind


def of_opt_outs() -> list[Processing]:
    """One line: who is left alone, and how far."""
    return [
        Processing(
            number="afmeldingen",
            name="Afmeldingen en bezwaren bijhouden",
            purpose="niemand benaderen die dat niet wil",
            ground="AVG artikel 21",
            subjects="inwoners die zich afmeldden",
            data="wie, waarvoor, sinds wanneer, hoe gemeld; BSN alleen versleuteld tot het is verwerkt",
            source="de inwoner: brief, telefoon, deur of formulier",
            recipients=INSIDE,
            kept=f"zolang de inwoner dat wil; {kept(RetentionKind.PERSON)}",
        )
    ]
