"""The rules of the koppeling in plain Dutch, as a resident reads them: the one place where they stand.

They are those of the steps of the box (``blackbox/sql``) in words. What is said here holds for everybody;
which of it was decisive for one household lies under seal. An answer to who asks what is known of him, and
one to who asks why he was found, both say it in these words.
"""

from collections.abc import Mapping, Sequence

#: When an income counts as low, zeker or onzeker. Source: 12_klassen.sql.
INCOME: Sequence[str] = (
    (
        "We kijken of het inkomen van het huishouden waarschijnlijk laag is. Dat weten we niet "
        "precies. We kijken of iemand in het huishouden al iets kreeg waarvoor zijn inkomen is bekeken: "
        "bijstand, een aanvulling op de AOW (AIO), een uitkering voor ondernemers (Bbz), bijzondere "
        "bijstand, kwijtschelding van belasting of een regeling van de gemeente. Of het Inlichtingenbureau "
        "zei dat het inkomen laag is."
    ),
    (
        "Is het inkomen kort geleden al bekeken? Dan noemen we het zeker. Anders noemen we het onzeker: dan "
        "vragen we het inkomen nog op een formulier. Welke lijst van welk jaar waarvoor telt, staat vast "
        "voor een koppeling begint, en is voor iedereen gelijk. Zegt het Inlichtingenbureau dat het "
        "inkomen te hoog is, dan sturen we bij onzeker geen brief. We wijzen daarmee niemand af."
    ),
)

#: How it goes for everybody. Source: 05_partners.sql to 09_huishoudens.sql, and 13_afmeldingen.sql.
GENERAL: Sequence[str] = (
    (
        "Wij vergelijken lijsten die de gemeente al heeft. Dat heet een koppeling. Een computer doet dat "
        "met versleutelde nummers. Geen medewerker bekijkt die lijsten."
    ),
    (
        "Eerst kijken we wie er volgens de Basisregistratie Personen in de gemeente woont. Mensen die "
        "samen een huishouden zijn, nemen we samen: partners op één adres, ouders van hetzelfde kind op "
        "één adres, en hun kinderen tot 18 jaar. Alleen hetzelfde adres is niet genoeg."
    ),
    *INCOME,
    (
        "Wie zich afmeldde, of in een huishouden woont waarvan een volwassene zich afmeldde, krijgt niets "
        "van ons over die regeling."
    ),
    (
        "Wordt een huishouden gevonden, dan krijgt het een brief of komt er iemand langs. Wie niet wordt "
        "gevonden, kan de regeling gewoon zelf aanvragen."
    ),
)

#: What is decided without a person. Source: letters.actions.grants; AVG art. 15, lid 1, onder h, and art. 22.
BY_ITSELF: Sequence[str] = (
    (
        "Een computer wijst niemand af: dat doet altijd een mens. Toekennen kan wel zonder dat een mens naar "
        "uw gegevens kijkt. Dat gebeurt alleen als uw inkomen zeker laag genoeg is, en op twee manieren."
    ),
    (
        "Zonder formulier: bij een regeling waarbij de wet dat toelaat. Een jurist van de gemeente heeft dan "
        "ondertekend waarom dat mag. Een medewerker geeft de brieven vrij. Dat heet ambtshalve toekennen."
    ),
    (
        "Met een formulier: als er een handtekening op staat, er niets bij geschreven is en er niets meer "
        "uit te zoeken is. In alle andere gevallen kijkt een mens naar uw formulier."
    ),
    (
        "Bent u het er niet mee eens? Zeg het ons. Dan kijkt een mens ernaar, en kunt u vertellen wat u "
        "ervan vindt."
    ),
)

#: Per regeling: for whom, and who is named. Source: 14_leeftijden.sql, 15_doelgroepen.sql, 16_heeft_al.sql.
RULES: Mapping[str, str] = {
    "stadspas": "Voor elk huishouden met een volwassene en een laag inkomen. We noemen alle leden.",
    "scholierenvergoeding": (
        "Voor kinderen van 4 tot en met 17 jaar op de basisschool, het speciaal onderwijs of de middelbare "
        "school. We noemen die kinderen, behalve wie de vergoeding dit jaar al heeft."
    ),
    "laptop": (
        "Voor kinderen van 10 tot en met 17 jaar op de middelbare school of in groep 7 of 8. We noemen die "
        "kinderen, behalve wie in dit jaar of de vier jaar ervoor al een laptop kreeg."
    ),
    "reiskosten": (
        "Voor kinderen van 12 tot en met 17 jaar op de middelbare school. We noemen die kinderen, behalve "
        "wie de vergoeding dit jaar al heeft."
    ),
    "czv": "Voor elk huishouden met een volwassene en een laag inkomen. We noemen de volwassenen.",
    "iit": (
        "Voor volwassenen van 21 jaar tot de AOW-leeftijd die in de drie jaren voor dit jaar bijstand "
        "kregen. We noemen die volwassenen."
    ),
    "ov_ouderen": "Voor volwassenen met de AOW-leeftijd en een laag inkomen. We noemen die volwassenen.",
    "aov": "Voor wie deze tegemoetkoming vorig jaar had. We noemen die volwassenen.",
    "ov_mantelzorg": "Voor wie deze vergoeding vorig jaar had. We kunnen niet zien wie mantelzorger is.",
    "rtm": "Voor wie deze tegemoetkoming vorig jaar had. We kunnen niet zien wie er recht op heeft.",
    "energietoeslag": "Deze regeling is gestopt. Niemand wordt hiervoor nog gezocht.",
}

#: Who has it already. Source: 16_heeft_al.sql.
ALREADY = (
    "Heeft een volwassene in het huishouden een regeling dit jaar al? Dan noemen we het huishouden voor "
    "die regeling niet. Bij regelingen voor kinderen kijken we per kind."
)
