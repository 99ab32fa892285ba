"""A form as it was printed, drawn again: the same letters give the same bytes."""

from letters.actions.contents import layout, municipality, read_part
from letters.composition.model import LetterFault
from letters.composition.parts import LetterRejected, render_part
from letters.models import Letter
from letters.texts.catalog import NO_TEXTS, TextMissing

#: The page of a letter that is the form, from 0.
FORM_AT = 1


def form_of(letter: Letter) -> tuple[bytes, int] | None:
    """The PDF of one letter, and how many persons its form names; None when it cannot be drawn any more.

    The file of the part is destroyed some time after it was confirmed, so it is drawn from the data and the
    texts that the letter was planned with. When the data changed since, the scan will differ from it, and a
    person looks.
    """
    others = Letter.objects.filter(part=letter.part_id).exclude(pk=letter.pk).values_list("pk", flat=True)
    data = read_part(letter.part, left_out=[str(key) for key in others]).get(str(letter.pk))
    if data is None:
        return None
    try:
        return render_part([data], layout(letter.part), NO_TEXTS, municipality()).pdf, len(data.persons)
    except (LetterRejected, LetterFault, TextMissing):
        return None
