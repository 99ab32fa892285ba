"""The letter that a resident brings along: that letter is shown, and nothing else of the household."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from letters.actions import desk_letters
from letters.actions.contents import reference
from letters.actions.desk_letters import Printed
from letters.composition.model import PersonName
from letters.composition.names import NameMissing, full_name
from letters.forms.desk import DeskLetterForm
from letters.models import DeliveryState, LetterKind, ResponseState
from letters.views.shown import day
from outreach.permissions import Permission
from outreach.views.access import require, signed_in

NOT_FOUND = (
    "Met deze code is er geen brief die je kunt openen. Kijk of je de code goed hebt overgenomen."
    " Lukt het niet? Laat de inwoner de gemeente bellen: het nummer staat op de brief."
)
TOO_OFTEN = "Je hebt het afgelopen uur te veel codes geprobeerd. Probeer het later opnieuw."
_NAME = (
    *("given_names", "prefix", "family_name", "name_usage"),
    *("partner_prefix", "partner_family_name", "sex"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.DESK_LETTER_OPEN)
def desk_letter(request: HttpRequest) -> HttpResponse:
    """Ask for the code and why; then the letter, on this answer alone: it has no address to come back to."""
    user = signed_in(request)
    form = DeskLetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = desk_letters.open_at_desk(found=form.found(), why=form.chosen(), by=user)
        if opened.letter is not None:
            context = _shown(opened.letter) | {"own_url": _own_url(form.found())}
            return render(request, "letters/desk_letter.html", context)
        form.add_error("code", TOO_OFTEN if opened.too_often else NOT_FOUND)
    return render(request, "letters/desk.html", {"form": form}, status=422 if form.errors else 200)


def _own_url(found: Printed) -> str:
    """Where the whole household is, for who may see it anyway."""
    own = desk_letters.with_code(found).values_list("household", flat=True).first()
    return reverse("household", args=[own]) if own else ""


def _shown(letter: dict[str, Any]) -> dict[str, Any]:
    number = " ".join(
        filter(None, (str(letter["house_number"]), letter["house_letter"], letter["house_suffix"]))
    )
    postcode = letter["postcode"]
    kenmerk = reference(letter["round_id"], letter["form_code"])
    facts = [
        {"term": "Naam op de brief", "text": _name(letter)},
        {"term": "Adres op de brief", "text": f"{letter['street']} {number}"},
        {"term": "Postcode en plaats", "text": f"{postcode[:4]} {postcode[4:]} {letter['city']}".rstrip()},
        {"term": "Gaat over", "text": letter["regeling"]},
        {"term": "Soort brief", "text": LetterKind(letter["kind"]).label},
        {"term": "Verstuurd", "text": _day(letter["sent_on"]) or "Nog niet bekend"},
        {"term": "Terug vóór", "text": _day(letter["reply_by"]) or "Geen datum"},
        {"term": "Antwoord", "text": ResponseState(letter["response"]).label},
    ]
    if letter["delivery"] == DeliveryState.RETURNED:
        facts.append({"term": "Bezorging", "text": DeliveryState.RETURNED.label})
    return {"title": f"Brief {kenmerk}", "facts": facts, "advice": _advice(letter)}


def _name(letter: dict[str, Any]) -> str:
    try:
        return full_name(PersonName(**{part: letter[part] for part in _NAME}))
    except NameMissing:
        return "Naam onbekend"


def _day(text: str | None) -> str | None:
    """A day, or the day of a moment in the Netherlands, in Dutch."""
    if not text:
        return None
    moment = datetime.datetime.fromisoformat(text)
    return day(localdate(moment) if moment.tzinfo else moment.date())


def _advice(letter: dict[str, Any]) -> str:
    """What somebody at a desk can do with this letter."""
    if letter["response"] == ResponseState.NONE:
        return "Bij deze brief hoeft de inwoner niets terug te sturen."
    if letter["response"] == ResponseState.OPEN:
        return "Help de inwoner het formulier in te vullen en te ondertekenen. Een postzegel is niet nodig."
    if letter["response"] in (ResponseState.UNSIGNED, ResponseState.INCOMPLETE):
        return "Het formulier is terug, maar niet compleet. De inwoner krijgt daar bericht over."
    return "Het formulier is terug. De inwoner krijgt vanzelf bericht."
