"""Addresses of meetings. The id in them opens nothing by itself."""

from django.urls import path

from meetings import views

app_name = "meetings"
urlpatterns = [
    path("moten/<uuid:meeting>/", views.meeting, name="meeting"),
    path("moten/<uuid:meeting>/lett/", views.officer, name="officer"),
    path("moten/<uuid:meeting>/ticket/", views.ticket, name="ticket"),
    path("moten/<uuid:meeting>/starta/", views.start, name="start"),
    path("moten/<uuid:meeting>/avsluta/", views.end, name="end"),
]
