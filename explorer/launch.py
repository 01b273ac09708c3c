"""Start the app and print its address.

A busy port gives the next free one. The server listens on this machine only, unless another host is named. What
Streamlit is told comes from `app/config.toml` as flags, which win over every file and variable; the current folder is
not read, so another project's `.streamlit` there changes nothing. `DEV=1` follows Streamlit's files as they change.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
import tomllib
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO, cast

from explorer.service import expected
from explorer.service.where import EVERYWHERE, address, alone
from explorer.workers import count

APP = Path(__file__).resolve().parent / "app"
CONNECTIONS = 8192  # that may be open at once: a class of 300 phones has some, and there may be twenty
FOLDERS = ("EXPLORER_STORE", "EXPLORER_DATA", "EXPLORER_METHODS")  # variables that name one


class CannotStart(OSError):
    """The server cannot be started as asked; the message is one sentence for the user."""


class _Unread:
    """A stream that goes on when its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(BrokenPipeError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._stream.flush()

    # `Any`: whatever else the stream offers.
    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def free_port(host: str, first: int, tries: int = 50) -> int:
    """Return the first free port from `first` on.

    Raises:
        CannotStart: if the host is not one of this machine's, or all ports tried are busy.
    """
    for port in range(first, min(first + tries, 65536)):
        if _is_free(host, port):
            return port
    raise CannotStart(f"no free port from {first} on; name another one")


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise CannotStart(f"HOST must be an address of this machine, got {host}") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just left is free
        try:
            probe.bind(address)
        except PermissionError:
            return False
        except OSError as error:
            if error.errno not in (48, 98, 10048):  # "address in use" on macOS, Linux, Windows
                raise CannotStart(f"HOST must be an address of this machine, got {host}") from error
            return False
    return True


def _announce(host: str, port: int) -> None:
    """Print the address once the server answers: this process's, not one that took the port a moment before."""
    from streamlit import runtime

    while not runtime.exists() or runtime.get_instance().state is runtime.RuntimeState.INITIAL:
        time.sleep(0.05)
    local = "127.0.0.1" if host in EVERYWHERE else host
    open_ = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    while True:
        try:
            with open_(f"{address(local, port)}/_stcore/health", timeout=1):
                break
        except OSError:
            time.sleep(0.05)
    where = address(host, port)
    note = "" if alone(host) else "\n  Anyone on this network can open it."
    print(f"\n  Unlearning Explorer is at  {where}\n  Ctrl-C stops it.{note}\n", flush=True)
    if note:
        with contextlib.suppress(Exception):  # a guess that fails is no reason to stop
            print(f"  {expected.sentence()}\n", flush=True)


def start(host: str, port: str) -> int:
    """Run the server until it is stopped; return the exit status.

    Raises:
        CannotStart: one sentence, if there is no such host or port, or EXPLORER_WORKERS is no number of workers.
    """
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise CannotStart(f"PORT must be a whole number in [1, 65535], got {port}")
    try:
        count()
    except ValueError as error:
        raise CannotStart(str(error)) from None
    free = free_port(host, int(port))
    if free != int(port):
        print(f"Port {port} is busy; taking {free}.", flush=True)
    return _serve(host, free)


# `Any` here and below: what TOML holds.
def settings(host: str, port: int) -> dict[str, Any]:
    """Return what Streamlit is told: the package's configuration by dotted name, at this host and port."""
    told = _flat(tomllib.loads((APP / "config.toml").read_text(encoding="utf-8")))
    told |= {"server.address": host, "server.port": port}
    return told | {"logger.hideWelcomeMessage": True}  # our own line says it once the server answers


def _flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


def _run(host: str, port: int) -> None:
    """Serve the app and its routes. Streamlit's own command would also look at its configuration files all the time."""
    # Imported before the thread that announces: two threads that import Streamlit at once break it.
    from streamlit.starlette import App
    from streamlit.web import bootstrap
    from streamlit.web.server.starlette.starlette_server import UvicornRunner

    from explorer.service import routes

    send_at_once()
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    app, told = App(APP / "script.py", routes=routes(server=address(host, port))), settings(host, port)
    bootstrap.load_config_options(told)
    if os.environ.get("DEV") == "1":
        bootstrap._install_config_watchers(told)
    UvicornRunner(app).run()


def send_at_once() -> None:
    """Have what the server says leave at once; to be called before Streamlit's server is started.

    Streamlit binds its socket without naming the protocol. So asyncio does not see that its connections are TCP, and
    leaves Nagle's algorithm on: the end of every answer then waits for the browser to acknowledge the part before it,
    which it may do 40 ms later. Connections take the option over from the socket that listens.
    """
    from streamlit.web.server.starlette import starlette_server as server

    if not isinstance(server._bind_socket, _AtOnce):
        server._bind_socket = _AtOnce(server._bind_socket)


class _AtOnce:
    """What binds a socket, and then sets the option."""

    def __init__(self, bind: Callable[[str, int, int], socket.socket]) -> None:
        self._bind = bind

    def __call__(self, address: str, port: int, backlog: int) -> socket.socket:
        bound = self._bind(address, port, backlog)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound


def _allow_connections() -> None:
    """Let this process have many connections open, as far as the system lets it; elsewhere than on POSIX it may."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = CONNECTIONS if hard == resource.RLIM_INFINITY else min(CONNECTIONS, hard)
        if 0 <= soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _leave_folder() -> None:
    """Go where no file of Streamlit's lies; folders named by the environment stay those that the user meant."""
    for name in FOLDERS:
        if value := os.environ.get(name):
            os.environ[name] = str(Path(value).expanduser().absolute())
    os.chdir(APP)


def _stop(number: int, frame: object) -> None:
    """End as Ctrl-C does; the server raises the signal that stopped it once more when it has ended."""
    raise KeyboardInterrupt


def _serve(host: str, port: int) -> int:
    _leave_folder()
    _allow_connections()
    # Streamlit stops only after it has said so: it must be able to, also where nobody reads any more.
    sys.stdout, sys.stderr = cast(TextIO, _Unread(sys.stdout)), cast(TextIO, _Unread(sys.stderr))
    signal.signal(signal.SIGTERM, _stop)
    try:
        _run(host, port)
    except KeyboardInterrupt:
        pass
    except SystemExit as end:
        if end.code and not _is_free(host, port):
            print(f"Port {port} was taken while the app started; start it again.", file=sys.stderr)
        return int(end.code or 0)
    return 0
