"""What a letter of a round looks like, for a household that does not exist."""

from dataclasses import replace

from letters.actions.contents import income_year, layout, municipality, reference
from letters.actions.editions import current, in_words
from letters.actions.specimen import CODE, specimen
from letters.composition.parts import render_part
from letters.models import Share, TemplateKind
from letters.texts.catalog import FIRST, NOTICES
from outreach.kernel import clock
from outreach.models import Klasse, Mode, Regeling, Round
from outreach.models.regeling import SHARED


def _possible(round_: Round, regeling: Regeling) -> list[str]:
    """Which letters can come out of a round: what is zeker is granted ambtshalve where that may."""
    if regeling.pk == SHARED:
        return [TemplateKind.SHARE_NOTICE.value]
    possible = set(round_.klassen)
    if regeling.ambtshalve and Klasse.ZEKER in possible:
        possible = possible - {Klasse.ZEKER.value} | {Mode.AMBTSHALVE.value}
    return [kind for kind in FIRST if kind in possible]


def _about(kind: str, regeling: Regeling) -> str:
    """A notice is about no regeling."""
    return "" if kind in NOTICES else regeling.pk


def kinds(round_: Round, regeling: Regeling) -> list[str]:
    """Which letters can come out of a round and have an approved text: zeker, onzeker, ambtshalve."""
    texts = current()
    return [kind for kind in _possible(round_, regeling) if not texts.lacking(_about(kind, regeling), kind)]


def lacking(round_: Round, regeling: Regeling) -> list[str]:
    """What no version was approved of, in the words of the page: `Formulier, zeker (Stadspas)`.

    Read from the round alone, so that somebody who sees no people sees it too.
    """
    texts = current()
    pairs = {
        pair for kind in _possible(round_, regeling) for pair in texts.lacking(_about(kind, regeling), kind)
    }
    return in_words(sorted(pairs))


def preview(round_: Round, regeling: Regeling, kind: str) -> bytes:
    """The PDF of one letter of a kind, with this round's dates. Raises TextMissing."""
    letter = specimen(kind, None if kind in NOTICES else regeling, clock.today())
    letter = replace(letter, reference=reference(round_.pk, CODE))
    if share := Share.objects.of_round(round_.pk):
        letter = replace(letter, share_on=share.object_before)
    if letter.form_code:
        year = income_year(round_.handover.peildatum)
        letter = replace(letter, income_year=year, reply_by=round_.reply_before or letter.reply_by)
    return render_part([letter], layout(), current(), municipality()).pdf


def share_notice(share: Share) -> bytes:
    """The PDF of the letter that tells of a share, with its day. Raises TextMissing."""
    letter = specimen(TemplateKind.SHARE_NOTICE.value, None, clock.today())
    letter = replace(letter, share_on=share.object_before)
    return render_part([letter], layout(), current(), municipality()).pdf
