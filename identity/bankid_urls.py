"""Addresses of signing in by BankID, below `logga-in/bankid/`."""

from django.urls import path

from identity import bankid_views as views

urlpatterns = [
    path("vanta/", views.wait, name="bankid_wait"),
    path("fraga/", views.poll, name="bankid_poll"),
    path("kod.svg", views.qr, name="bankid_qr"),
    path("svar/", views.returned, name="bankid_return"),
    path("svar/<str:nonce>/", views.returned_with, name="bankid_return_with"),
    path("avbryt/", views.leave, name="bankid_leave"),
    path("<slug:code>/", views.start, name="bankid_start"),
]
