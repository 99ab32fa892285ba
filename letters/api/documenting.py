"""How an operation stands in the OpenAPI document: what is the same for all is said once, here.

The headers and the errors that every operation has are put in by letters.api.openapi.
"""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

CURSOR = OpenApiParameter("cursor", str, description="Uit _links.next of cursor van een vorige pagina.")
LIMIT = OpenApiParameter(
    "limiet",
    {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    description="Regels per pagina.",
)

#: What each operation is for, in the words of the contract.
TEXTS = {
    "leesVooraankondigingen": "Brieven en bladen per dag, vanaf vandaag, ook van partijen die nog komen.",
    "leesPartijen": "Alle partijen in de volgorde van vrijgave. Een leeg antwoord zegt in Retry-After wanneer"
    " het zin heeft om opnieuw te vragen.",
    "leesPartij": "Een partij met haar delen, de enveloppen en wat er nu mee mag.",
    "leesManifest": "Alle brieven in het bestand van een deel. Na een intrekking vóór de bevestiging is er"
    " een volgende versie.",
    "leesDocument": "Eén PDF met een bladwijzer per brief, of als zip een PDF per brief met het manifest."
    " Bereiken gaan alleen over de PDF.",
    "zetBevestiging": "Zeg welk bestand is ontvangen. Wijkt het af, print het dan niet.",
    "leesBrief": "Eén brief opnieuw, om beschadigd papier te vervangen.",
    "leesStatusmeldingen": "Alles wat wij van je meldingen hebben vastgelegd.",
    "meldStatusmeldingenBatch": "Tot duizend meldingen. Elke melding heeft een eigen resultaat, in dezelfde"
    " volgorde; een fout in de ene raakt de andere niet.",
    "leesIntrekkingen": "Brieven die wij terugvragen, ook de beantwoorde.",
    "zetIntrekkingAntwoord": "Of het papier nog tegen te houden was. Het eerste antwoord telt.",
    "zetAanlevering": "Kondig scans aan, of verbeter de aankondiging zolang de aanlevering open is.",
    "zetScan": "Lever een scan aan. Hetzelfde beeld nog eens is geen fout.",
    "meldScansBatch": "Tot vijfhonderd lezingen bij scans die er al zijn.",
    "zetAfsluiting": "Zeg hoeveel scans zijn aangeleverd en welke. Daarna verandert er niets meer aan.",
    "leesVerwerking": "Wat er met elke scan is gebeurd.",
    "leesFacturatie": "Bladen per prijsklasse van wat in die maand is verzonden.",
    "leesTestpartij": "Verzonnen mensen met lastige namen en adressen. Steeds dezelfde.",
    "leesTestpartijManifest": "Het manifest van de testpartij.",
    "leesTestpartijDocument": "De bladzijden van de testpartij.",
    "zetTestpartijBevestiging": "Of het bestand heel is overgekomen. Er wordt niets vastgelegd.",
}


def operation(  # noqa: PLR0913 (each is a flag of one line)
    name: str,
    answer: type[Serializer] | None,
    *,
    body: Any = None,
    made: bool = False,
    conflict: bool = False,
    stale: bool = False,
    retry: bool = False,
    parameters: Sequence[OpenApiParameter] = (),
    responses: dict[Any, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Documents a method of a view. `made` adds 201 to 200, `conflict` 409, `stale` 412, `retry` a header."""

    def document(method: Callable[..., Any]) -> Callable[..., Any]:
        found: dict[Any, Any] = dict(responses or {})
        if answer is not None:
            found[200] = OpenApiResponse(answer, description="Gelukt")
            if made:
                found[201] = OpenApiResponse(answer, description="Vastgelegd")
        extra = {409: "Botst met de huidige toestand"} if conflict else {}
        extra |= {412: "ETag verouderd"} if stale else {}
        found |= {status: OpenApiResponse(description=text) for status, text in extra.items()}
        verb = {"get": "lees", "put": "zet", "post": "meld"}[method.__name__]
        return extend_schema(
            operation_id=f"{verb}{name}",
            summary=name,
            description=TEXTS[f"{verb}{name}"],
            request=body,
            responses=found,
            parameters=list(parameters),
            tags=["drukwerk"],
            extensions={"x-leeg-wacht": True} if retry else None,
        )(method)

    return document
