"""Addresses of what is kept about people: the extract, erasure, and how long things are kept."""

from django.urls import path

from identity import erasure_views, extract_views, retention_views

urlpatterns = [
    path("dina-uppgifter/utdrag/", extract_views.own, name="extract"),
    path("dina-uppgifter/utdrag.json", extract_views.own_file, name="extract_file"),
    path("personer/<uuid:person>/utdrag/", extract_views.of_person, name="extract_of"),
    path("personer/<uuid:person>/utdrag.json", extract_views.file_of_person, name="extract_file_of"),
    path("personer/<uuid:person>/radera/", erasure_views.erase, name="erase"),
    path("installningar/gallring/", retention_views.plan, name="retention"),
]
