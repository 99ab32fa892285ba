"""Addresses of the werkvoorraad. They hold the number of an item and nothing of a person."""

from django.urls import path

from . import work

urlpatterns = [
    path("", work.work_list, name="work"),
    path("<int:pk>/", work.work_item, name="work_item"),
    path("<int:pk>/beeld/<int:page>/", work.work_image, name="work_image"),
    path("<int:pk>/eigenaar/", work.work_owner, name="work_owner"),
    path("<int:pk>/koppelen/", work.work_link, name="work_link"),
    path("<int:pk>/akkoord/", work.work_accept, name="work_accept"),
    path("<int:pk>/beoordelen/", work.work_pass_on, name="work_pass_on"),
    path("<int:pk>/aanvulling/", work.work_ask, name="work_ask"),
    path("<int:pk>/opnieuw/", work.work_plan_anew, name="work_plan_anew"),
    path("<int:pk>/afsluiten/", work.work_close, name="work_close"),
]
