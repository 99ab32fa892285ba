"""Addresses of the API. None ends in a slash; one that does is not there."""

import datetime

from django.urls import path, register_converter

from letters.api import batches, billing, documents, messages, openapi, recalls, scans, testing


class MonthConverter:
    """A month of this century, as the first day of it."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(f"{value}-01")

    def to_url(self, value: datetime.date | str) -> str:
        return value if isinstance(value, str) else f"{value:%Y-%m}"


class NumberConverter:
    """A number that fits in the database."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(MonthConverter, "maand")
register_converter(NumberConverter, "nummer")
_PART = "partijen/<uuid:partij_id>/delen/<nummer:nummer>"
_PILE = "aanleveringen/<uuid:aanlevering_id>"

urlpatterns = [
    path("openapi.json", openapi.DocumentationView.as_view(), name="api_openapi"),
    path("vooraankondigingen", batches.AnnouncementsView.as_view(), name="api_announcements"),
    path("partijen", batches.BatchesView.as_view(), name="api_batches"),
    path("partijen/<uuid:partij_id>", batches.BatchView.as_view(), name="api_batch"),
    path(f"{_PART}/manifest", batches.ManifestView.as_view(), name="api_manifest"),
    path(f"{_PART}/document", documents.DocumentView.as_view(), name="api_document"),
    path(f"{_PART}/bevestiging", batches.ConfirmationView.as_view(), name="api_confirmation"),
    path("brieven/<uuid:brief_id>/document", documents.LetterView.as_view(), name="api_letter"),
    path("statusmeldingen", messages.MessagesView.as_view(), name="api_messages"),
    path("statusmeldingen/_batch", messages.MessageBatchView.as_view(), name="api_message_batch"),
    path("intrekkingen", recalls.RecallsView.as_view(), name="api_recalls"),
    path(
        "intrekkingen/<uuid:intrekking_id>/antwoord",
        recalls.RecallAnswerView.as_view(),
        name="api_recall_answer",
    ),
    path(_PILE, scans.DeliveryView.as_view(), name="api_delivery"),
    path(f"{_PILE}/scans/_batch", scans.ReadingBatchView.as_view(), name="api_reading_batch"),
    path(f"{_PILE}/scans/<uuid:scan_id>", scans.ScanView.as_view(), name="api_scan"),
    path(f"{_PILE}/afsluiting", scans.ClosingView.as_view(), name="api_closing"),
    path(f"{_PILE}/verwerking", scans.ProcessingView.as_view(), name="api_processing"),
    path("facturatie/<maand:maand>", billing.InvoiceView.as_view(), name="api_invoice"),
    path("testpartij", testing.TestBatchView.as_view(), name="api_test_batch"),
    path("testpartij/manifest", testing.TestManifestView.as_view(), name="api_test_manifest"),
    path("testpartij/document", testing.TestDocumentView.as_view(), name="api_test_document"),
    path("testpartij/bevestiging", testing.TestConfirmationView.as_view(), name="api_test_confirmation"),
]
