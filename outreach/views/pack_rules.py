"""What every answer to a resident says, whoever he is. The rules stand in `eligibility.rules_told`."""

from collections.abc import Mapping, Sequence

from outreach.models.destruction import RetentionKind
from outreach.models.draft import KEPT_FOR

ASKED = (
    "U vroeg welke gegevens wij van u gebruiken (artikel 15 van de AVG). Dit overzicht is van {day}. {known}"
)
WHY = (
    (
        "Waarvoor: de gemeente zoekt huishoudens die een regeling voor mensen met weinig geld mislopen, en"
        " helpt ze die aan te vragen. Uw BSN staat niet in dit overzicht. Wij bewaren het versleuteld."
    ),
    "Over anderen in uw huishouden staat hier niets. Zij kunnen het zelf vragen.",
    (
        "Bij elk deel staat hoe lang wij het bewaren. Loopt er een verzoek van u, of is het gebruik van uw"
        " gegevens beperkt? Dan bewaren wij ze tot dat klaar is."
    ),
)
NOTHING = "Medewerkers hebben geen gegevens van u. U staat op geen looplijst en kreeg geen brief."
#: Source: AVG art. 15, lid 1, onder e and f, and lid 3.
RIGHTS = (
    "Klopt er iets niet? Vraag ons het te verbeteren.",
    (
        "Wilt u dat wij gegevens van u wissen? Vraag het ons. Soms moeten wij iets bewaren. Dan leggen wij"
        " uit waarom."
    ),
    (
        "Wilt u niet benaderd worden? U kunt zich afmelden, bezwaar maken, of vragen om het gebruik van uw"
        " gegevens te beperken. Vond u het goed dat wij uw vraag aan een organisatie gaven? Dat kunt u"
        " intrekken."
    ),
    (
        "Dit kan met een brief, aan de balie of met een telefoontje. Het kost niets. U krijgt binnen een"
        " maand antwoord. Hebben wij meer tijd nodig? Dan zeggen wij waarom."
    ),
    (
        "Bent u het niet eens met ons antwoord? Dien dan een klacht in bij de Autoriteit Persoonsgegevens:"
        " autoriteitpersoonsgegevens.nl."
    ),
)
KEPT = "Dit overzicht heeft bij ons nummer {number}. Ons exemplaar vernietigen wij na {day}."

SEALED = (
    "Welke lijst de doorslag gaf, weten de medewerkers niet. Dat staat nergens in hun scherm. Voor zover "
    "het is bewaard, ligt het verzegeld. Het verzegelde deel gaat alleen open als twee mensen daarmee "
    "instemmen: de privacy officer en de juridisch adviseur. Vraagt u ook naar die reden? Dan krijgt u "
    "daarover apart bericht. Zolang de reden open ligt, staat zij ook in dit overzicht."
)
OPENED = "Dit lag verzegeld. Twee mensen vonden goed dat het open ging. Met deze persoon bedoelen wij u."
#: A person makes a copy: a form may also tell of another in the household. Source: AVG art. 15, lid 3 and 4.
COPY = (
    "Wilt u een kopie? Vraag erom bij de gemeente en noem het nummer van dit overzicht. U krijgt die zonder"
    " kosten. Het kan zolang het bestand er is: dat staat erbij."
)
#: What some parts of the casework say besides.
ABOUT: Mapping[str, Sequence[str]] = {
    "brieven": (
        (
            "Een drukker drukt onze brieven. Vanaf de dag die erbij staat kon de drukker uw brief ophalen."
            " Daarin staan uw naam, uw adres en waarover de brief gaat."
        ),
        COPY,
    ),
    "scans": (
        "De drukker opent en scant de post die u terugstuurt. De drukker ziet dus wat daarop staat.",
        COPY,
    ),
    "concepten": (
        (
            "Een medewerker begon iets op te schrijven over een gesprek op uw adres en is nog niet klaar."
            " Alleen die medewerker kan het lezen. Wilt u weten wat er staat? Vraag het ons. Een concept"
            f" verdwijnt na {KEPT_FOR.days} dagen."
        ),
    ),
}
SEALED_BY_NUMBER = (
    "Dit ligt versleuteld bij uw BSN. Medewerkers kunnen het niet opzoeken. Wij bewaren het zolang het geldt."
    " Zo houdt ook een volgende koppeling rekening met u."
)
FORMER = (
    "U hebt een ander BSN gekregen. Wij bewaren ook uw oude BSN, versleuteld. Want in lijsten staat soms nog"
    " het oude."
)

#: From when the term of each kind counts. Source: `expiring` of the box and of the letters.
SINCE: Mapping[RetentionKind, str] = {
    RetentionKind.DELIVERY: "nadat wij de lijst kregen",
    RetentionKind.LETTER_FILE: "nadat het is gemaakt",
    RetentionKind.SCAN: "nadat het binnenkwam",
    RetentionKind.ROUND: "nadat de ronde is afgesloten",
    RetentionKind.PERSON: "nadat u voor het laatst uit een koppeling kwam of met ons sprak",
    RetentionKind.REASONS: "nadat het is verzegeld",
    RetentionKind.SHARE_FILE: "nadat het is gemaakt",
}
#: What is kept so long, where that is not the whole part.
WHAT: Mapping[RetentionKind, str] = {
    RetentionKind.LETTER_FILE: "het bestand met de brief",
    RetentionKind.SCAN: "het beeld",
    RetentionKind.SHARE_FILE: "het bestand met uw naam en adres",
}
_ROUND, _PERSON = (RetentionKind.ROUND,), (RetentionKind.PERSON,)
#: Under which terms each part falls; none is agreed for what is not named. Source: casework_gone.sql.
TERMS: Mapping[str, Sequence[RetentionKind]] = {
    "persoon": _PERSON,
    "huishoudens": _PERSON,
    "kandidaten": _PERSON,
    "rondes": _ROUND,
    "looplijsten": _ROUND,
    "brieven": (RetentionKind.ROUND, RetentionKind.LETTER_FILE),
    "aanvragen": _ROUND,
    "toekenningen": _ROUND,
    "delingen": (RetentionKind.SHARE_FILE,),
    "scans": (RetentionKind.ROUND, RetentionKind.SCAN),
    "gesprekken": _PERSON,
    "uitkomsten": _PERSON,
    "veranderingen": _PERSON,
    "taken": _PERSON,
    "overdrachten": _PERSON,
    "instructies": _PERSON,
    "vertegenwoordigers": _PERSON,
    "afmeldingen": _PERSON,
    "pauzes": _PERSON,
    "werk": (RetentionKind.ROUND, RetentionKind.PERSON),
    "lijsten": (RetentionKind.DELIVERY,),
    "redenen": (RetentionKind.REASONS,),
}
#: Parts that are kept by another rule than a term.
KEPT_OTHERWISE: Mapping[str, str] = {
    "concepten": "",
    "afmeldingen": "Neemt u een afmelding niet terug? Dan bewaren wij die zolang zij geldt.",
    "lijsten": "Staat in de afspraak over een lijst een andere tijd? Dan geldt de kortste.",
}
NO_TERM = "Hoe lang wij {what} bewaren, is nog niet afgesproken."
STAFF = (
    "Van medewerkers staat hier de rol en niet de naam. U ziet zo wel wie er vanuit welk werk keek. Denkt "
    "u dat iemand keek die dat niet mocht? Zeg het ons: dan zoeken wij uit wie dat was."
)
