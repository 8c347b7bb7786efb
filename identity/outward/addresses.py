"""Which addresses given by others may be asked at all: public hosts over https, and never ourselves."""

import re
from collections.abc import Collection
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from identity.outward.errors import AddressRefused

HTTPS_PORT = 443
LENGTH_LIMIT = 2_048
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
AUTHORITY = re.compile(r"^[^:/?#]*://([^/?#]*)")
NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)

# The IANA registries of special-purpose addresses (RFC 6890), and multicast. Python's is_global varies by version.
SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
GLOBAL_IPV6 = IPv6Network("2000::/3")
# Teredo and other protocols, documentation, 6to4, which hides an IPv4 address, and documentation again.
SPECIAL_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052): public if the IPv4 address inside it is


def is_public(address: str) -> bool:
    """Whether an IP address is an ordinary one on the Internet; mapped, scoped and all special ones are not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip in TRANSLATED:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        return ip.scope_id is None and ip in GLOBAL_IPV6 and not any(ip in network for network in SPECIAL_IPV6)
    return not any(ip in network for network in SPECIAL_IPV4)


def checked(address: str, own_hosts: Collection[str], ports: Collection[int] = (HTTPS_PORT,)) -> httpx.URL:
    """An https address that may be looked up, without its fragment.

    Raises AddressRefused: address (cannot be read), scheme, credentials, port, own_host, not_public (another spelling
    of a numeric address than the usual one). The text of the error never holds the address.
    """
    address = address.strip()
    if len(address) > LENGTH_LIMIT or UNSAFE.search(address):
        raise AddressRefused("address")
    url = _parsed(address)
    if url.scheme != "https":
        raise AddressRefused("scheme")
    authority = AUTHORITY.match(address)
    if authority is None or not url.host:
        raise AddressRefused("address")
    if "@" in authority[1]:
        raise AddressRefused("credentials")
    if (url.port or HTTPS_PORT) not in ports:
        raise AddressRefused("port")
    if _name(url) in {_name(_parsed(f"https://{host}")) for host in own_hosts}:
        raise AddressRefused("own_host")
    if not _usual(_name(url)):
        raise AddressRefused("not_public")
    return url.copy_with(fragment=None)


def _parsed(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise AddressRefused("address") from None


def _name(url: httpx.URL) -> str:
    """The host as it goes to the name service, without the root's dot."""
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _usual(host: str) -> bool:
    """Whether a host is a name or an IP address in its usual form, not 127.1, 0x7f000001 or 2130706433."""
    if not NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        return True
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True
