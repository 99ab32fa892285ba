"""Addresses of the letters."""

from django.urls import include, path

from . import batches, closing, exports, history, legal_bases, parts, preview, rounds

urlpatterns = [
    path("", rounds.letter_rounds, name="letter_rounds"),
    path("teksten/", include("letters.views.text_urls")),
    path("werk/", include("letters.views.work_urls")),
    path("aanvragen/", include("letters.views.application_urls")),
    path("grondslagen/", legal_bases.legal_basis_list, name="legal_bases"),
    path("grondslagen/<int:pk>/intrekken/", legal_bases.legal_basis_withdraw, name="legal_basis_withdraw"),
    path("uitvoer/", exports.export_list, name="exports"),
    path("uitvoer/vragen/", exports.export_ask, name="export_ask"),
    path("uitvoer/<int:pk>/opnieuw/", exports.export_again, name="export_again"),
    path("uitvoer/<int:pk>/ophalen/", exports.export_fetch, name="export_fetch"),
    path("<int:pk>/", rounds.letter_round, name="letter_round"),
    path("<int:pk>/voortgang/", rounds.letter_round_progress, name="letter_round_progress"),
    path("<int:pk>/uitgevallen/", rounds.letter_rejected, name="letter_rejected"),
    path("<int:pk>/voorbeeld/<slug:kind>/", preview.letter_preview, name="letter_preview"),
    path("<int:pk>/brieven/", history.letter_list, name="letter_list"),
    path("<int:pk>/afsluiten/", closing.letter_round_close, name="letter_round_close"),
    path("<int:pk>/partij/", batches.letter_batch_new, name="letter_batch_new"),
    path("<int:pk>/herinneringen/", batches.letter_round_remind, name="letter_round_remind"),
    path("partijen/", batches.letter_batches, name="letter_batches"),
    path("partij/<uuid:pk>/", batches.letter_batch, name="letter_batch"),
    path("partij/<uuid:pk>/voortgang/", batches.letter_batch_progress, name="letter_batch_progress"),
    path("partij/<uuid:pk>/vrijgeven/", batches.letter_batch_release, name="letter_batch_release"),
    path("partij/<uuid:pk>/intrekken/", batches.letter_batch_withdraw, name="letter_batch_withdraw"),
    path("partij/<uuid:pk>/terugvragen/", batches.letter_batch_recall, name="letter_batch_recall"),
    path("partij/<uuid:pk>/opnieuw/", batches.letter_batch_anew, name="letter_batch_anew"),
    path("partij/<uuid:pk>/vastgehouden/", batches.letter_batch_free, name="letter_batch_free"),
    path("partij/<uuid:pk>/eruit/", batches.letter_batch_left, name="letter_batch_left"),
    path("partij/<uuid:pk>/intrekkingen/", batches.letter_batch_recalls, name="letter_batch_recalls"),
    path("brief/<uuid:pk>/", history.letter, name="letter"),
    path("brief/<uuid:pk>/pauze/", history.letter_pause, name="letter_pause"),
    path("brief/<uuid:pk>/pauze/<int:pause>/einde/", history.letter_pause_end, name="letter_pause_end"),
    path("brief/<uuid:pk>/herdruk/", history.letter_reprint, name="letter_reprint"),
    path("brief/<uuid:pk>/terugvragen/", history.letter_recall, name="letter_recall"),
    path("deel/<int:pk>/", parts.letter_part, name="letter_part"),
    path("deel/<int:pk>/nu/", parts.letter_part_now, name="letter_part_now"),
    path("deel/<int:pk>/opnieuw/", parts.letter_part_retry, name="letter_part_retry"),
]
