"""Addresses of the letter texts, under /brieven/teksten/."""

from django.urls import path

from . import templates, texts_together

urlpatterns = [
    path("", templates.letter_texts, name="letter_texts"),
    path("regeling/<slug:code>/nieuw/", templates.letter_text_add, name="letter_text_add"),
    path("samen/", texts_together.letter_texts_together, name="letter_texts_together"),
    path("samen/taaltoets/", texts_together.letter_texts_judge, name="letter_texts_judge"),
    path("samen/goedkeuren/", texts_together.letter_texts_approve, name="letter_texts_approve"),
    path("samen/voorbeeld/", texts_together.letter_texts_preview, name="letter_texts_preview"),
    path("<int:pk>/", templates.letter_text, name="letter_text"),
    path("<int:pk>/nieuw/", templates.letter_text_next, name="letter_text_next"),
    path("<int:pk>/bewerken/", templates.letter_text_edit, name="letter_text_edit"),
    path("<int:pk>/controle/", templates.letter_text_check, name="letter_text_check"),
    path("<int:pk>/taaltoets/", templates.letter_text_judge, name="letter_text_judge"),
    path("<int:pk>/goedkeuren/", templates.letter_text_approve, name="letter_text_approve"),
    path("<int:pk>/afkeuren/", templates.letter_text_refuse, name="letter_text_refuse"),
    path(
        "<int:pk>/voorbeeld/<int:number>/<slug:size>/",
        templates.letter_text_preview,
        name="letter_text_preview",
    ),
    path("<int:pk>/vergelijken/<int:other>/", templates.letter_text_compare, name="letter_text_compare"),
]
