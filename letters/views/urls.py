"""Addresses of the letters."""

from django.urls import path

from . import parts, preview, rounds

urlpatterns = [
    path("", rounds.letter_rounds, name="letter_rounds"),
    path("<int:pk>/", rounds.letter_round, name="letter_round"),
    path("<int:pk>/voortgang/", rounds.letter_round_progress, name="letter_round_progress"),
    path("<int:pk>/uitgevallen/", rounds.letter_rejected, name="letter_rejected"),
    path("<int:pk>/voorbeeld/<slug:kind>/", preview.letter_preview, name="letter_preview"),
    path("deel/<int:pk>/", parts.letter_part, name="letter_part"),
    path("deel/<int:pk>/opnieuw/", parts.letter_part_retry, name="letter_part_retry"),
]
