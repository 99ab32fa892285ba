"""What every answer to a resident says, whoever he is. The rules stand in `eligibility.rules_told`."""

ASKED = (
    "U vroeg welke gegevens wij van u gebruiken (artikel 15 van de AVG). Dit overzicht is van {day}. {known}"
)
WHY = (
    (
        "Waarvoor: de gemeente zoekt huishoudens die een regeling voor mensen met weinig geld mislopen, en"
        " helpt ze die aan te vragen. Uw BSN staat niet in dit overzicht. Wij bewaren het versleuteld."
    ),
    "Over anderen in uw huishouden staat hier niets. Zij kunnen het zelf vragen.",
)
RIGHTS = (
    (
        "Klopt er iets niet? Vraag ons het te verbeteren. Wilt u niet benaderd worden? U kunt zich afmelden,"
        " bezwaar maken, of vragen om het gebruik van uw gegevens te beperken. Dat kan met een brief, aan de"
        " balie of met een telefoontje."
    ),
    "Bent u het niet eens met ons antwoord? Dien dan een klacht in bij de Autoriteit Persoonsgegevens.",
)
KEPT = "Dit overzicht heeft bij ons nummer {number}. Ons exemplaar vernietigen wij na {day}."

SEALED = (
    "Welke lijst de doorslag gaf, weten de medewerkers niet. Dat staat nergens in hun scherm. Voor zover "
    "het is bewaard, ligt het verzegeld. Het verzegelde deel gaat alleen open als twee mensen daarmee "
    "instemmen: de privacy officer en de juridisch adviseur. Vraagt u ook naar die reden? Dan krijgt u "
    "daarover apart bericht, en het openen zelf staat daarna ook in een volgend overzicht."
)
STAFF = (
    "Van medewerkers staat hier de rol en niet de naam. U ziet zo wel wie er vanuit welk werk keek. Denkt "
    "u dat iemand keek die dat niet mocht? Zeg het ons: dan zoeken wij uit wie dat was."
)
