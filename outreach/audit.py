"""The audit: who did what, and who looked at whom.

A line is written in the transaction of the act or the read itself. When it cannot be written, the act
fails and the page shows nothing. The table is append-only (schema audit); web may add and not read.
"""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection, models


class Event(models.TextChoices):
    """What can happen. The value is what stands in the audit."""

    HOUSEHOLD_SEEN = "huishouden_ingezien", "Huishouden ingezien"
    LOOPLIJST_SEEN = "looplijst_ingezien", "Looplijst ingezien"
    LOOPLIJST_PRINTED = "looplijst_afgedrukt", "Looplijst afgedrukt"
    GESPREK_SAVED = "gesprek_vastgelegd", "Gesprek vastgelegd"
    OPT_OUT_REGISTERED = "afmelding_vastgelegd", "Afmelding vastgelegd"
    OPT_OUT_WITHDRAWN = "afmelding_ingetrokken", "Afmelding ingetrokken"
    ROUND_MADE = "ronde_gemaakt", "Ronde gemaakt"
    ROUND_FIXED = "ronde_vastgesteld", "Ronde vastgesteld"
    ROUND_RUNNING = "ronde_lopend", "Ronde begonnen"
    ROUND_CLOSED = "ronde_afgesloten", "Ronde afgesloten"
    ROUND_WITHDRAWN = "ronde_ingetrokken", "Ronde ingetrokken"
    ITEM_VISITED = "adres_bezocht", "Adres bezocht"
    ITEM_DONE = "adres_klaar", "Adres klaar"
    DELIVERY_RECEIVED = "levering_ontvangen", "Levering ontvangen"
    DELIVERY_ACCEPTED = "levering_geaccepteerd", "Levering geaccepteerd"
    DELIVERY_RETRIED = "levering_opnieuw", "Levering opnieuw aangeboden aan de werker"
    DELIVERY_CANCELLED = "levering_ingetrokken", "Levering ingetrokken"
    DELIVERY_CHECKED = "levering_gecontroleerd", "Levering gecontroleerd"
    DELIVERY_LOADED = "levering_ingeladen", "Levering ingeladen"
    DELIVERY_STOPPED = "levering_gestopt", "Levering geweigerd of aangehouden"
    DELIVERY_DESTROYED = "levering_vernietigd", "Levering vernietigd"
    RUN_STARTED = "koppeling_gestart", "Koppeling gestart"
    RUN_BEGUN = "koppeling_begonnen", "Koppeling begonnen door de werker"
    RUN_RETRIED = "koppeling_opnieuw", "Koppeling opnieuw geprobeerd"
    RUN_FINISHED = "koppeling_klaar", "Koppeling klaar"
    RUN_STRANDED = "koppeling_gestrand", "Koppeling gestrand"
    RUN_CANCELLED = "koppeling_geannuleerd", "Koppeling geannuleerd"
    REFERENCE_CHANGED = "stamgegevens_gewijzigd", "Stamgegevens gewijzigd"
    LETTERS_PLANNED = "brieven_gepland", "Brieven gepland"
    PART_MADE = "deel_gemaakt", "Deel gemaakt"
    PART_STRANDED = "deel_gestrand", "Deel gestrand"
    PART_RETRIED = "deel_opnieuw", "Deel opnieuw aangeboden aan de werker"
    PART_FETCHED = "deel_opgehaald", "Deel opgehaald"
    LETTERS_SEEN = "brieven_ingezien", "Lijst van uitgevallen brieven ingezien"
    LETTER_SEEN = "brief_ingezien", "Geschiedenis van een brief ingezien"
    BATCH_COMPOSED = "partij_samengesteld", "Partij samengesteld"
    BATCH_RELEASE_ASKED = "partij_vrijgave_gevraagd", "Vrijgave van een partij gevraagd"
    BATCH_RELEASED = "partij_vrijgegeven", "Partij vrijgegeven"
    BATCH_CONFIRMED = "partij_bevestigd", "Partij bevestigd door de drukker"
    BATCH_WITHDRAWN = "partij_ingetrokken", "Partij ingetrokken"
    PART_REMADE = "deel_opnieuw_gemaakt", "Deel opnieuw gemaakt"
    PART_DESTROYED = "deel_vernietigd", "Bestand van een deel vernietigd"
    HELD_FREED = "brieven_vrij", "Vastgehouden brieven alsnog klaargezet"
    RECALL_ASKED = "intrekking_gevraagd", "Brief teruggevraagd bij de drukker"
    RECALL_ANSWERED = "intrekking_beantwoord", "Antwoord van de drukker op een intrekking"
    REMINDERS_PLANNED = "herinneringen_gepland", "Herinneringen gepland"
    LETTER_REPRINTED = "brief_herdruk", "Brief opnieuw gepland om af te drukken"
    PAUSE_SET = "herinnering_pauze", "Herinneringen van een huishouden stilgezet"
    PAUSE_ENDED = "herinnering_pauze_einde", "Pauze van herinneringen beëindigd"
    SCAN_PROCESSED = "scan_verwerkt", "Scan verwerkt"
    SCAN_SEEN = "scan_ingezien", "Scan ingezien"
    SCAN_LINKED = "scan_gekoppeld", "Scan met de hand gekoppeld"
    SCAN_DISMISSED = "scan_geen_formulier", "Scan is geen formulier"
    WORK_OPENED = "werk_geopend", "Werk in de werkvoorraad gezet"
    WORK_SEEN = "werk_ingezien", "Werk ingezien"
    WORK_GIVEN = "werk_eigenaar", "Eigenaar van werk gewijzigd"
    WORK_SETTLED = "werk_afgehandeld", "Werk afgehandeld"
    APPLICATION_RECEIVED = "aanvraag_ontvangen", "Aanvraag ontvangen"
    APPLICATION_TO_ASSESS = "aanvraag_te_beoordelen", "Aanvraag klaar om te beoordelen"
    APPLICATION_GRANTED = "aanvraag_toegekend", "Aanvraag toegekend"
    APPLICATION_INCOMPLETE = "aanvraag_aanvulling", "Aanvulling gevraagd bij aanvraag"
    LETTERS_RETURNED = "brieven_retour", "Brieven kwamen terug"
    SIGNATURE_ACCEPTED = "handtekening_aanvaard", "Handtekening aanvaard"
    PART_CONFIRMED = "deel_bevestigd", "Deel bevestigd door de drukker"
    CONFIRMATION_DIFFERED = "bevestiging_week_af", "Bevestiging van de drukker week af"
    LETTER_FETCHED = "brief_opgehaald", "Eén brief opgehaald om opnieuw te printen"
    MESSAGES_RECEIVED = "meldingen_ontvangen", "Meldingen van de drukker ontvangen"
    SCANS_ANNOUNCED = "scans_aangekondigd", "Aanlevering van scans aangekondigd"
    SCAN_RECEIVED = "scan_ontvangen", "Scan ontvangen"
    SCANS_CLOSED = "scans_afgesloten", "Aanlevering van scans afgesloten"
    VENDOR_CLIENT_MADE = "toegang_gemaakt", "Toegang van een drukker gemaakt"
    VENDOR_CLIENT_ROTATED = "toegang_vernieuwd", "Geheim van een toegang vernieuwd"
    VENDOR_CLIENT_REVOKED = "toegang_ingetrokken", "Toegang van een drukker ingetrokken"
    FACTS_TOLD = "feiten_verwerkt", "Nieuwere leveringen verwerkt voor wie al eruit kwam"
    APPLICATION_SEEN = "aanvraag_ingezien", "Aanvraag ingezien"
    APPLICATION_ASSESSED = "aanvraag_ingevuld", "Inkomen en vermogen ingevuld bij aanvraag"
    APPLICATION_SECOND_LOOK = "aanvraag_tweede_blik", "Tweede blik gevraagd bij aanvraag"
    APPLICATION_REFUSED = "aanvraag_afgewezen", "Aanvraag afgewezen"
    LEGAL_BASIS_SIGNED = "grondslag_ondertekend", "Grondslag ondertekend"
    LEGAL_BASIS_WITHDRAWN = "grondslag_ingetrokken", "Grondslag ingetrokken"
    GRANTED_AMBTSHALVE = "ambtshalve_toegekend", "Ambtshalve toegekend"
    EXPORT_ASKED = "uitvoer_gevraagd", "Uitvoer van toekenningen gevraagd"
    EXPORT_MADE = "uitvoer_gemaakt", "Uitvoer van toekenningen gemaakt door de werker"
    EXPORT_FETCHED = "uitvoer_opgehaald", "Uitvoer van toekenningen opgehaald"
    EXPORT_REFUSED = "uitvoer_geweigerd", "Tweede keer ophalen van een uitvoer geweigerd"
    TEXT_MADE = "brieftekst_gemaakt", "Nieuwe versie van een brieftekst gemaakt"
    TEXT_CHANGED = "brieftekst_gewijzigd", "Concept van een brieftekst gewijzigd"
    TEXT_JUDGED = "brieftekst_getoetst", "Taal van een brieftekst getoetst"
    TEXT_APPROVED = "brieftekst_goedgekeurd", "Brieftekst goedgekeurd"
    TEXT_REFUSED = "brieftekst_afgekeurd", "Brieftekst afgekeurd"
    TEXT_REPLACED = "brieftekst_vervangen", "Brieftekst vervangen door een nieuwe versie"
    REPRESENTATIVE_SET = "vertegenwoordiger_vastgelegd", "Vertegenwoordiger vastgelegd"
    REPRESENTATIVE_ENDED = "vertegenwoordiger_beeindigd", "Vertegenwoordiger beëindigd"
    REPRESENTATIVE_SEEN = "vertegenwoordiger_ingezien", "Vertegenwoordiger ingezien"
    PART_HURRIED = "deel_nu_maken", "Deel met brieven eerder laten maken"
    LETTER_PLANNED_ANEW = "brief_opnieuw_gepland", "Uitgevallen brief opnieuw gepland"
    TERM_EXTENDED = "aanvulling_langer", "Langer de tijd gegeven om aan te vullen"
    BATCH_RECALL_ASKED = "partij_teruggevraagd", "Alle brieven van een partij teruggevraagd"
    BATCH_ANEW_ASKED = "partij_opnieuw_gepland", "Ingetrokken brieven van een partij opnieuw gepland"
    ERRAND_ASKED = "opdracht_gevraagd", "Werk over een hele ronde gevraagd"


def record(
    event: Event,
    subject: str,
    ids: Iterable[UUID | int | str] = (),
    *,
    details: Mapping[str, object] | None = None,
    request_id: str = "",
) -> None:
    """Write one line in the current transaction.

    `subject` is the kind of thing, such as `huishouden`; `ids` are its keys. `details` hold words and
    counts, never a name, an address or a BSN. Raises a DatabaseError when there is no actor or no right.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids, bijzonderheden, verzoek)"
            " VALUES (%s, %s, %s, %s, %s)",
            [event.value, subject, [str(key) for key in ids], json.dumps(details or {}), request_id],
        )
