"""Addresses of persons and of leaving quickly, in the namespace `identity`; included by `identity/urls.py`."""

from django.urls import URLPattern, path

from identity import leaving_views, person_views

urlpatterns: list[URLPattern] = [
    path("lamna/", leaving_views.leave, name="leave"),
    path("tom/", leaving_views.nothing, name="nothing"),
    path("mina-tider/kontakt/", leaving_views.safe_contact, name="safe_contact"),
    path("personer/", person_views.find, name="persons"),
    path("personer/<uuid:person>/", person_views.show, name="person"),
    path("personer/<uuid:person>/oppna/", person_views.open_it, name="person_open"),
    path("personer/<uuid:person>/skydd/", person_views.flag, name="person_flag"),
    path("personer/<uuid:person>/lasare/", person_views.reader, name="person_reader"),
    path("personer/<uuid:person>/lasare/<uuid:reader>/", person_views.unname, name="person_unname"),
]
