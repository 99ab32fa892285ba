"""A server for pages that need no database: our own templates, static files and the headers of the site."""

import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders


def security_policy() -> str:
    """The content security policy of the site as one header."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


@contextmanager
def served(pages: dict[str, Callable[[], str]]) -> Iterator[tuple[str, list[str]]]:
    """Serve pages by path on 127.0.0.1; gives the address and the list of POSTs that came in."""
    posts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", security_policy())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path in pages:
                self._answer(200, "text/html; charset=utf-8", pages[path]().encode())
                return
            if path == "/sw.js":
                # The site makes it; what it keeps is tested there.
                self._answer(200, "text/javascript", b"")
                return
            found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
            kind = mimetypes.guess_type(path)[0] or "font/woff2"
            self._answer(200 if found else 404, kind, Path(found).read_bytes() if found else b"")

        def do_POST(self) -> None:
            posts.append(self.path)
            self._answer(200, "text/html; charset=utf-8", b"<p>ok</p>")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
