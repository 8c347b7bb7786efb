"""Calendar programs by what they say of themselves."""

import pytest

from booking.calendars.clients import program_of


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Google-Calendar-Importer", "Google Kalender"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", "Outlook"),
        ("iOS/17.4 (21E219) dataaccessd/1.0", "Apple Kalender"),
        ("Mozilla/5.0 Thunderbird/128.0", "Thunderbird"),
        ("vdirsyncer/0.19", "vdirsyncer"),
        ("<script>curl</script>", ""),
        ("", ""),
    ],
)
def test_a_program_is_known_by_its_own_words(said: str, name: str) -> None:
    assert program_of(said) == name
