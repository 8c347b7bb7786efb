"""Which addresses may be asked: never inside, never ourselves, in no spelling."""

import pytest

from identity.outward.addresses import checked, is_public
from identity.outward.errors import AddressRefused
from identity.outward.network import Network

SECRET = "hemlig-nyckel"


@pytest.mark.parametrize(
    "address",
    [
        *("0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1", "2001:10::1", "2002:7f00:1::", "2002:808:808::"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "100::1", "3fff::1", "5f00::1", "fec0::1"),
        *("", "localhost", "8.8.8", "1.2.3.4.5", "8.8.8.8/32"),
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "100.63.255.255", "172.32.0.1", "193.10.0.1", "2a00:1450::1", "2001:67c::1", "64:ff9b::808:808"],
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://kalender.exempel.example/a.ics", "scheme"),
        ("ftp://kalender.exempel.example/a.ics", "scheme"),
        ("webcal://kalender.exempel.example/a.ics", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("kalender.exempel.example/a.ics", "scheme"),
        ("//kalender.exempel.example/a.ics", "scheme"),
        ("", "scheme"),
        ("https://", "address"),
        ("https:///a.ics", "address"),
        ("https://exempel example/a.ics", "address"),
        ("https://exempel.example\\@evil.example/a.ics", "address"),
        ("https://exempel.example/a\r\nHost: evil.example", "address"),
        ("https://exempel.example:x/", "address"),
        ("https://[::1/", "address"),
        ("https://exempel.example/" + "x" * 3_000, "address"),
        ("https://anna:hemligt@exempel.example/a.ics", "credentials"),
        ("https://anna@exempel.example/a.ics", "credentials"),
        ("https://@exempel.example/a.ics", "credentials"),
        ("https://exempel.example:8443/a.ics", "port"),
        ("https://exempel.example:80/a.ics", "port"),
        ("https://boka.exempel.example/a.ics", "own_host"),
        ("https://BOKA.Exempel.Example./a.ics", "own_host"),
        ("https://åland.exempel.example/a.ics", "own_host"),
        ("https://127.1/a.ics", "not_public"),
        ("https://0x7f000001/a.ics", "not_public"),
        ("https://0x7f.0.0.1/a.ics", "not_public"),
        ("https://2130706433/a.ics", "not_public"),
        ("https://0177.0.0.1/a.ics", "address"),
        ("https://127.0.0.0x1/a.ics", "not_public"),
        ("https://①②⑦.①/a.ics", "address"),
        ("https://[::ffff:10.0.0.1]/a.ics", "not_public"),
    ],
)
def test_an_address_is_refused_with_a_code_and_stands_in_no_error(address: str, code: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        checked(
            f"{address}?{SECRET}" if address.endswith(".ics") else address,
            ["boka.exempel.example", "åland.exempel.example"],
        )
    assert caught.value.code == code
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (" https://exempel.example:443/a.ics#part ", "https://exempel.example/a.ics"),
        ("https://193.10.0.1/a.ics", "https://193.10.0.1/a.ics"),
    ],
)
def test_an_ordinary_address_may_be_asked(address: str, expected: str) -> None:
    assert str(checked(address, ["boka.exempel.example"])) == expected


def test_a_named_inside_host_is_reached_on_its_own_port_and_opens_nothing_else() -> None:
    network = Network(inside=frozenset({("inloggning.exempel.example", 8443)}))
    assert network.may_be_asked("inloggning.exempel.example", "10.0.0.5", 8443)
    assert not network.may_be_asked("inloggning.exempel.example", "10.0.0.5", 443)
    assert not network.may_be_asked("annan.exempel.example", "10.0.0.5", 8443)
    assert not network.may_be_asked("annan.exempel.example", "193.10.0.1", 8443)
    assert network.may_be_asked("annan.exempel.example", "193.10.0.1", 443)
