"""Start the dashboard's server, on this machine only unless told otherwise: no telemetry, no file watchers."""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from immune_sim.app.dashboard.engine import process
from immune_sim.app.dashboard.sending import send_in_lines
from immune_sim.app.dashboard.studies.desk import desk

HOST = "127.0.0.1"
PORT = 8765
EVERYWHERE = ("0.0.0.0", "::")
LARGEST_MESSAGE = 2_000_000  # bytes that a page may send at once; the largest upload is an eighth of it
# s that a page may leave a ping without answer. While a class opens its pages at once, answers wait for half a minute.
SIGN_OF_LIFE = 120.0
APP = "immune_sim.app.dashboard.app"
ASSETS = Path(__file__).parent / "assets"
# Solara keeps a lost page's session for a day unless told otherwise, and a session holds a whole model.
LOST_SESSION_IS_KEPT = "5m"


def configure() -> None:
    """Set Solara for a closed room; called before its server is imported by ``serve`` and again by app.py.

    Safe to call twice. Solara reads most of these when a page is asked for, so ``solara run`` obeys them too.
    """
    os.environ.setdefault("SOLARA_KERNEL_CULL_TIMEOUT", LOST_SESSION_IS_KEPT)
    os.environ.setdefault("SOLARA_TELEMETRY_MIXPANEL_ENABLE", "False")
    from solara.server import settings

    from immune_sim.app.dashboard.widgets.curve_plot import PLOTLY_FOLDER

    settings.kernel.cull_timeout = os.environ["SOLARA_KERNEL_CULL_TIMEOUT"]
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    settings.theme.title = "immune-sim"
    settings.assets.fontawesome_enabled = False
    settings.assets.extra_locations = [str(ASSETS), str(PLOTLY_FOLDER)]


def free_port(wanted: int, host: str = HOST) -> int:
    """Return ``wanted`` if nobody listens there, otherwise a free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")


def launch(port: int = PORT, open_browser: bool = True, say: Callable[[str], None] = print, host: str = HOST) -> None:
    """Serve the dashboard until Ctrl-C.

    port: taken if free, otherwise a free one is used and said. open_browser: show the page in the default browser.
    say: where the address is announced. host: the address to listen on; any but HOST opens the page to others.
    """
    chosen = free_port(port, host)
    if chosen != port:
        say(f"Port {port} is taken; using {chosen} instead.")
    url = f"http://{HOST if host in EVERYWHERE else host}:{chosen}"
    server = serve(chosen, host)
    say(f"immune-sim dashboard: {url}  ({'this machine only; ' if is_private(host) else ''}stop with Ctrl-C)")
    if not is_private(host):
        say(f"It listens on {host}: anyone on the network who reaches this machine can use it, without a password.")
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(server, url), daemon=True).start()
    server.run()


def is_private(host: str) -> bool:
    """Whether only this machine reaches a server that listens on ``host``."""
    return host in ("localhost", "::1") or host.startswith("127.")


def serve(port: int, host: str = HOST) -> Any:
    """Return a uvicorn server that is ready to ``run`` the dashboard on ``port``."""
    os.environ["SOLARA_APP"] = APP
    os.environ["SOLARA_MODE"] = "production"
    process.prepare()  # the model is loaded (or, after an installation, compiled) while the browser is still opening
    configure()
    desk()
    _no_watchers()
    import uvicorn
    from solara.server.starlette import app as asgi

    no_mocks()
    send_in_lines()
    # Solara warns on every page about cookies in frames of other sites; there is no such frame here.
    warnings.filterwarnings("ignore", message="Cookies with samesite")
    config = uvicorn.Config(
        asgi,
        host=host,
        port=port,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=2,
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=SIGN_OF_LIFE,
        ws_ping_timeout=SIGN_OF_LIFE,
        ws_per_message_deflate=False,  # pictures are compressed by us where it pays; nothing leaves this machine
    )
    return uvicorn.Server(config)


class Unheard:
    """Stands for IPython's events, which nobody hears under a server."""

    def trigger(self, event: str, *arguments: Any) -> None:
        """Nothing happens."""

    def register(self, event: str, act: Callable[..., Any]) -> None:
        """Nothing will happen."""

    unregister = register


def no_mocks() -> None:
    """Spare the server a mock for every message of a page.

    Solara makes a MagicMock each time (a new class, 2 ms): a sixth of what the server computed with 20 sessions.
    """
    import solara.server.app  # noqa: F401 - first: Solara's modules import one another in this order only
    from solara.server import patch

    patch.mock = SimpleNamespace(MagicMock=Unheard)  # type: ignore[assignment]


def _no_watchers() -> None:
    # Solara watches every imported file where watchdog is installed; nobody edits files under a running dashboard.
    sys.modules.setdefault("watchdog", None)  # type: ignore[arg-type]


def _open_when_ready(server: Any, url: str) -> None:
    pause = threading.Event()
    while not server.started:
        pause.wait(0.1)
    webbrowser.open(url)
