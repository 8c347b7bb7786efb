"""Addresses of keys, codes, one's own sign-ins and the staff's accounts, in the namespace `identity`."""

from django.urls import URLPattern, path

from identity import account_views, key_views, proposal_views, staff_views

urlpatterns: list[URLPattern] = [
    path("logga-in/nyckel/", key_views.sign_in, name="passkey"),
    path("logga-in/nyckel/fraga/", key_views.ask, name="passkey_ask"),
    path("logga-in/inbjudan/", key_views.invitation, name="invitation"),
    path("logga-in/reservkod/", key_views.recovery, name="recovery"),
    path("logga-in/ny-nyckel/", key_views.first_key, name="first_key"),
    path("logga-in/ny-nyckel/fraga/", key_views.ask_to_register, name="new_key_ask"),
    path("logga-in/reserv/", key_views.reserve, name="reserve"),
    path("inloggningar/", account_views.sessions, name="sessions"),
    path("inloggningar/nycklar/", key_views.keys, name="keys"),
    path("inloggningar/reservkod/", key_views.recovery_code, name="recovery_code"),
    path("installningar/personal/", staff_views.everybody, name="staff"),
    path("installningar/personal/<uuid:person>/", staff_views.one, name="staff_one"),
    path("installningar/personal/<uuid:person>/inbjudan/", staff_views.invite, name="staff_invite"),
    path("installningar/forslag/", proposal_views.everything, name="proposals"),
    path("installningar/forslag/<uuid:proposal>/", proposal_views.decide, name="proposal_decide"),
]
