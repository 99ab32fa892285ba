"""What of a form is kept as a draft, and whose it is when nobody is signed in any more."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.forms import Form
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from outreach.actions.drafts import Fields
from outreach.forms.free_text import refuse_bsn, without_bsn
from outreach.models import Draft, Household, User
from outreach.models.draft import MOST_CHARACTERS, WRITTEN_BY

#: Names in the form that are not of the resident but of the page.
SUBMISSION, TOKEN, KNOWN, KEEP, TURN = "submission", "concept_van", "bekend", "concept", "volgorde"
_OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", SUBMISSION, TOKEN, KNOWN, KEEP, TURN, "blijven", WRITTEN_BY})
# A number of milliseconds has no more digits than these.
_TURN_DIGITS = 15
# A working day. After it, what comes from a page that stayed open is refused.
TOKEN_SECONDS = 12 * 3600
TOO_LARGE = "Dit formulier is te groot om als concept te bewaren."
_signer = TimestampSigner(salt="concept")


def token(user: User, household: Household) -> str:
    """Proof, for a working day, that this user opened a form about this household. It opens nothing: with it
    one can only hand in a draft."""
    return _signer.sign(f"{user.pk}:{household.pk}")


def whose(sent: str, household_id: UUID) -> User | None:
    """The user to whom the form with this token was shown; None when it is not real, too old, about another
    household, or when the user has left."""
    try:
        user_id, _, about = _signer.unsign(sent, max_age=TOKEN_SECONDS).partition(":")
    except BadSignature:
        return None
    if about != str(household_id):
        return None
    return User.objects.filter(pk=user_id, is_active=True).select_related("team").first()


def as_key(text: object) -> UUID | None:
    """The key of a form, when this is one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def turn_of(sent: QueryDict) -> int:
    """When the form was sent, as it says itself; 0 for one that does not say."""
    text = sent.get(TURN, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _TURN_DIGITS else 0


def fields_of(sent: QueryDict) -> Fields:
    """The fields of a form that was sent, by name. Raises ValidationError for a BSN, and for too much."""
    fields = _named(sent)
    for values in fields.values():
        for value in values:
            refuse_bsn(value)
    return fields


def fields_without_bsn(sent: QueryDict) -> Fields:
    """The same where nobody is there to mend it: what may be a BSN is left out, the text around it stays."""
    return {name: [without_bsn(value) for value in values] for name, values in _named(sent).items()}


def _named(sent: QueryDict) -> Fields:
    fields = {name: values for name, values in sent.lists() if name not in _OF_THE_PAGE}
    # Twice the blanks and quotes that JSON puts around each value.
    if sum(len(name) + sum(len(value) + 8 for value in values) for name, values in fields.items()) > (
        MOST_CHARACTERS // 2
    ):
        raise ValidationError(TOO_LARGE)
    # The database refuses a null character; nobody types one.
    return {name: [str(value).replace("\0", "") for value in values] for name, values in fields.items()}


def fill(form: Form, draft: Draft) -> None:
    """Put a draft in a fresh form, as if somebody had just typed it: without a word about mistakes."""
    sent = MultiValueDict(draft.fields)
    for name, field in form.fields.items():
        if not field.widget.value_omitted_from_data(sent, MultiValueDict(), form.add_prefix(name)):
            form.initial[name] = field.widget.value_from_datadict(
                sent, MultiValueDict(), form.add_prefix(name)
            )
    form.initial[SUBMISSION] = draft.submission
