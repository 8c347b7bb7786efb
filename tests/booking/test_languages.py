"""Languages by their own names and directions."""

from django.utils import translation

from booking import languages


def test_the_national_minority_languages_come_first() -> None:
    assert languages.codes()[:5] == ("fi", "fit", "se", "rom", "yi")


def test_each_language_has_its_own_script_its_direction_and_a_name_in_swedish() -> None:
    with translation.override("sv"):
        spoken = {one.code: one for one in languages.spoken()}
        assert (spoken["ar"].own, spoken["ar"].direction, spoken["ar"].name) == ("العربية", "rtl", "arabiska")
        assert spoken["so"].direction == "ltr"
        assert [code for code, one in spoken.items() if one.name == code] == []
        assert languages.name_of("swl") == "svenskt teckenspråk"
        assert languages.name_of("xx") == "xx"
