"""The dashboard: one tissue in the browser, with its controls, its curves and its evidence.

pages/ compose, components/ show, state.py holds; engine/ computes in a process of the session, widgets/ draw.
"""

from __future__ import annotations

from collections.abc import Callable


def launch(
    port: int = 8765, open_browser: bool = True, say: Callable[[str], None] = print, host: str = "127.0.0.1"
) -> None:
    """Serve the dashboard on this machine until Ctrl-C; see ``server.launch``. ``limits.use`` comes before."""
    from immune_sim.app.dashboard.server import launch as serve_until_stopped  # the web framework costs a second

    serve_until_stopped(port, open_browser, say, host)
