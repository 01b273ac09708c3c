"""At which address a browser reaches this server, on this machine or from a phone."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

EVERYWHERE = ("0.0.0.0", "::", "")


def address(host: str, port: int) -> str:
    """Return the address to type into a browser."""
    shown = own_address() if host in EVERYWHERE else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def own_address() -> str:
    """Return this machine's address on its network; choosing a route sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()


def alone(host: str) -> bool:
    """Return whether a host is this machine seen from itself, where nobody else reaches it."""
    return host.startswith("127.") or host in ("localhost", "::1")


@dataclass(frozen=True)
class WayIn:
    """How a phone reaches the page to join a class.

    Attributes:
        address: of that page, in full.
        alone: whether only this machine reaches it.
    """

    address: str
    alone: bool

    @property
    def short(self) -> str:
        """Return the address as one reads it out."""
        return self.address.partition("://")[2]

    def ticket(self, ticket: str) -> str:
        """Return the address that is scanned."""
        return f"{self.address}?code={ticket}"


def way_in(url: str | None, server: str, path: str) -> WayIn:
    """Return how phones reach a class.

    Args:
        url: of the lecturer's own page, as the browser has it; None where it is not known.
        server: address of the server, as its start says it.
        path: of the page to join, below any base path.

    Returns:
        The host that the lecturer's browser uses, since others reach it too, unless that is this machine seen from
        itself; then the server's.
    """
    parts = urlsplit(url or "")
    if parts.hostname and not alone(parts.hostname):
        return WayIn(f"{parts.scheme}://{parts.netloc}{path}", False)
    return WayIn(f"{server}{path}", alone(urlsplit(server).hostname or ""))
