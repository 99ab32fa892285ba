"""The confirmation of an opt-out on paper, to hand over or to post: made when somebody asks for it."""

from typing import Any

from django.utils.timezone import localdate

from letters.actions import representing
from letters.actions.contents import layout, municipality
from letters.actions.editions import current
from letters.composition.model import Address, LetterData, PersonName
from letters.composition.parts import render_part
from letters.models import TemplateKind
from optout.models import OptOut, Scope
from outreach.kernel import clock
from outreach.models import Household, Mode, Representative
from outreach.policies import NotNow

#: What its text tells of: nothing more about one regeling, or about any.
TOLD = (Scope.ALL, Scope.REGELING)
_KIND = TemplateKind.OPT_OUT.value


def confirmation(opt_out: OptOut, household: Household) -> bytes:
    """The PDF to who opted out at the address of his household, or to who represents him.

    Raises NotNow while its text is not approved, and for a wish that the text does not tell of.
    """
    texts = current()
    regeling = opt_out.regeling_id or ""
    if opt_out.scope not in TOLD:
        raise NotNow("Van deze wens is er geen bevestiging. Vertel de inwoner wat er is vastgelegd.")
    if texts.lacking(regeling, _KIND):
        raise NotNow("De tekst van de bevestiging is nog niet goedgekeurd. Vraag de communicatieadviseur.")
    person, today = opt_out.person, clock.today()
    acting = Representative.objects.in_force(today).filter(person=person).first()
    letter = LetterData(
        letter_id=f"afmelding-{opt_out.pk}",
        reference=f"A-{opt_out.pk}",
        regeling=regeling,
        klasse="",
        mode=Mode.FORMULIER.value,
        addressee=PersonName(**{name: getattr(person, name) for name in PersonName.__slots__}),
        address=_address(household),
        persons=(),
        letter_date=today,
        kind=_KIND,
        received_on=localdate(opt_out.registered_at),
        representative=representing.read([acting.pk])[acting.pk] if acting else None,
    )
    return render_part([letter], layout(), texts, municipality()).pdf


def _address(of: Household) -> Address:
    fields: dict[str, Any] = {
        name: getattr(of, name) for name in ("street", "house_letter", "house_suffix", "postcode", "city")
    }
    return Address(house_number=str(of.house_number), **fields)
