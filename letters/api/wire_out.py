"""What a vendor gets, as it stands in the OpenAPI document. The tests compare answers with it."""

from rest_framework import serializers

from letters.actions.vendor_messages import DOUBLE
from letters.models import Outcome, RecallResult, ScanOutcome, Window
from letters.models.batch import BatchState
from letters.vendor_codes import Status

BATCH_STATES = (BatchState.RELEASED.value, BatchState.CONFIRMED.value)
#: All that can be told about paper, by the vendor or by us on his word.
TOLD = (*Status.values, "bevestigd", "ingetrokken")
RESULTS = (Outcome.DONE.value, DOUBLE, Outcome.LATE.value, Outcome.UNKNOWN.value, Outcome.REFUSED.value)
READING_RESULTS = (Outcome.DONE.value, DOUBLE, Outcome.REFUSED.value)


class Link(serializers.Serializer):
    href = serializers.CharField()


class PageLinks(serializers.Serializer):
    self = Link()
    next = Link(required=False)


class SelfLink(serializers.Serializer):
    self = Link()


class Page(serializers.Serializer):
    """What each list has beside its rows."""

    cursor = serializers.CharField(allow_null=True, help_text="Achter de laatste regel van deze pagina.")
    _links = PageLinks()


class Announcement(serializers.Serializer):
    """What is coming on one day."""

    printdatum = serializers.DateField()
    venster = serializers.ChoiceField(choices=Window.choices)
    retourenvelop = serializers.BooleanField()
    dubbelzijdig = serializers.BooleanField()
    aantalPartijen = serializers.IntegerField()
    aantalBrieven = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()


class Announcements(serializers.Serializer):
    vooraankondigingen = Announcement(many=True)


class BatchRow(serializers.Serializer):
    """A batch in the list."""

    partijId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=BATCH_STATES)
    tijdstipVrijgave = serializers.DateTimeField()
    printdatum = serializers.DateField()
    aantalDelen = serializers.IntegerField()
    aantalBrieven = serializers.IntegerField()
    aantalPaginas = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()
    _links = SelfLink()


class Batches(Page):
    partijen = BatchRow(many=True)


class Envelope(serializers.Serializer):
    venster = serializers.ChoiceField(choices=Window.choices)
    retourenvelop = serializers.BooleanField()
    retourvenster = serializers.ChoiceField(choices=Window.choices)
    dubbelzijdig = serializers.BooleanField()
    codezoneMm = serializers.IntegerField()


class Ability(serializers.Serializer):
    """Whether something can be done now; if not, why not."""

    mag = serializers.BooleanField()
    reden = serializers.CharField(required=False)


class Abilities(serializers.Serializer):
    ophalen = Ability()
    bevestigen = Ability()
    melden = Ability()


class PartLinks(serializers.Serializer):
    manifest = Link()
    document = Link()
    bevestiging = Link()


class PartRow(serializers.Serializer):
    """One file to print."""

    nummer = serializers.IntegerField()
    versie = serializers.IntegerField()
    sha256 = serializers.CharField()
    grootte = serializers.IntegerField(help_text="In bytes.")
    aantalBrieven = serializers.IntegerField()
    aantalPaginas = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()
    tijdstipBevestiging = serializers.DateTimeField(allow_null=True)
    _links = PartLinks()


class BatchOut(BatchRow):
    """A batch with its parts, and what can be done with it."""

    envelop = Envelope()
    delen = PartRow(many=True)
    mogelijkheden = Abilities()


class LetterRow(serializers.Serializer):
    """Where one letter is in the file."""

    briefId = serializers.UUIDField()
    volgnummer = serializers.IntegerField()
    druk = serializers.IntegerField()
    eerstePagina = serializers.IntegerField()
    aantalPaginas = serializers.IntegerField()
    bladen = serializers.IntegerField()
    retourenvelop = serializers.BooleanField()
    formuliercode = serializers.CharField(required=False)


class ManifestOut(serializers.Serializer):
    """All letters of a file."""

    partijId = serializers.UUIDField()
    deel = serializers.IntegerField()
    versie = serializers.IntegerField()
    sha256 = serializers.CharField()
    aantalBrieven = serializers.IntegerField()
    aantalPaginas = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()
    dubbelzijdig = serializers.BooleanField()
    brieven = LetterRow(many=True)


class TestConfirmationOut(serializers.Serializer):
    """What the file is."""

    partijId = serializers.UUIDField()
    deel = serializers.IntegerField()
    sha256 = serializers.CharField()
    aantalBrieven = serializers.IntegerField()
    aantalPaginas = serializers.IntegerField()


class ConfirmationOut(TestConfirmationOut):
    """As it was confirmed."""

    tijdstipBevestiging = serializers.DateTimeField()


class FaultOut(serializers.Serializer):
    pointer = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class MessageResult(serializers.Serializer):
    """What was done with one message."""

    meldingId = serializers.UUIDField(allow_null=True)
    resultaat = serializers.ChoiceField(choices=RESULTS)
    code = serializers.CharField(required=False)
    fouten = FaultOut(many=True, required=False)


class MessageResults(serializers.Serializer):
    results = MessageResult(many=True)


class MessageRow(serializers.Serializer):
    """What we recorded."""

    meldingId = serializers.UUIDField()
    briefId = serializers.UUIDField(allow_null=True)
    druk = serializers.IntegerField()
    status = serializers.ChoiceField(choices=TOLD)
    reden = serializers.CharField(required=False)
    tijdstip = serializers.DateTimeField()
    tijdstipOntvangst = serializers.DateTimeField()
    resultaat = serializers.ChoiceField(choices=RESULTS)


class Messages(Page):
    statusmeldingen = MessageRow(many=True)


class RecallOut(serializers.Serializer):
    """A letter that we ask back."""

    intrekkingId = serializers.UUIDField()
    briefId = serializers.UUIDField()
    druk = serializers.IntegerField()
    partijId = serializers.UUIDField(allow_null=True)
    deel = serializers.IntegerField(allow_null=True)
    tijdstipVraag = serializers.DateTimeField()
    resultaat = serializers.ChoiceField(choices=RecallResult.choices, required=False)
    tijdstipAntwoord = serializers.DateTimeField(required=False)


class Recalls(Page):
    intrekkingen = RecallOut(many=True)


class DeliveryOut(serializers.Serializer):
    """A pile of scans as it was announced."""

    aanleveringId = serializers.UUIDField()
    aantalScans = serializers.IntegerField()
    ontvangenTotEnMet = serializers.DateField()
    tijdstipAfsluiting = serializers.DateTimeField(allow_null=True)


class ScanOut(serializers.Serializer):
    """A scan that came in."""

    scanId = serializers.UUIDField()
    aanleveringId = serializers.UUIDField()
    sha256 = serializers.CharField()


class ReadingResult(serializers.Serializer):
    """What was done with one reading."""

    scanId = serializers.UUIDField(allow_null=True)
    resultaat = serializers.ChoiceField(choices=READING_RESULTS)
    code = serializers.CharField(required=False)
    fouten = FaultOut(many=True, required=False)


class ReadingResults(serializers.Serializer):
    results = ReadingResult(many=True)


class Counts(serializers.Serializer):
    """How many scans of a pile ended how."""

    aantalScans = serializers.IntegerField()
    aantalGekoppeld = serializers.IntegerField()
    aantalDubbel = serializers.IntegerField()
    aantalUitval = serializers.IntegerField()
    aantalWacht = serializers.IntegerField()


class ProcessedScan(serializers.Serializer):
    """What became of one scan."""

    scanId = serializers.UUIDField()
    verwerking = serializers.ChoiceField(choices=ScanOutcome.choices)
    uitvalcode = serializers.CharField(required=False)


class Processing(Page):
    aantallen = Counts()
    scans = ProcessedScan(many=True)


class InvoiceLine(serializers.Serializer):
    """What was posted in one price class."""

    prijsklasse = serializers.CharField(help_text="Bladen per brief, met of zonder retourenvelop.")
    bladenPerBrief = serializers.IntegerField()
    retourenvelop = serializers.BooleanField()
    aantalBrieven = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()


class Invoice(serializers.Serializer):
    maand = serializers.CharField()
    aantalBrieven = serializers.IntegerField()
    aantalBladen = serializers.IntegerField()
    regels = InvoiceLine(many=True)
