"""Addresses of signing in."""

from django.urls import path

from identity import views

app_name = "identity"
urlpatterns = [
    path("logga-in/", views.sign_in_page, name="sign_in"),
    path("logga-ut/", views.sign_out, name="sign_out"),
]
