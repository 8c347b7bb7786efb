"""The trial's mailbox. Not reachable in production."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [path("prova/post/", views.show_mailbox, name="mailbox")]
