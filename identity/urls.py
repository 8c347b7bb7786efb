"""Addresses of signing in."""

from django.urls import include, path

from identity import bankid_phone_views, csp_reports, representing_views, staying_views, views, vouching_views

app_name = "identity"
urlpatterns = [
    path("logga-in/", views.sign_in_page, name="sign_in"),
    path("logga-in/avvisad/", views.refused, name="refused"),
    path("logga-in/kvar/", staying_views.stay, name="stay"),
    path("logga-in/kod/", vouching_views.code, name="code"),
    path("logga-in/bankid/", include("identity.bankid_urls")),
    path("csp/", csp_reports.csp_report, name="csp_report"),
    path("bokningar/<uuid:booking>/bankid-i-telefon/", bankid_phone_views.by_phone, name="bankid_phone"),
    path("bokningar/<uuid:booking>/bankid-i-telefon/fraga/", bankid_phone_views.ask, name="bankid_phone_ask"),
    path("logga-ut/", views.sign_out, name="sign_out"),
    path("mina-tider/foretradare/", representing_views.mine, name="representatives"),
    path("mina-tider/foretradare/<uuid:representation>/", representing_views.withdraw, name="representative_withdraw"),
    path("personer/<uuid:person>/foretradare/", representing_views.of_person, name="representatives_of"),
    path(
        "personer/<uuid:person>/foretradare/<uuid:representation>/avsluta/",
        representing_views.end,
        name="representative_end",
    ),
    path("", include("identity.oversight_urls")),
    path("", include("identity.person_urls")),
    path("", include("identity.provider_urls")),
    path("", include("identity.account_urls")),
    path("", include("identity.data_urls")),
]
