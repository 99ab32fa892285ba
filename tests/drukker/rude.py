"""A municipality with bad manners: busy, forgetful of tokens, and dropping the line. It has one document."""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = "/api/drukwerk/v1"


class Rude(ThreadingHTTPServer):
    """`faults` holds, per path, what goes wrong first: a status, or `weg` for a line that drops."""

    daemon_threads = True

    def __init__(self, document: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.document = document
        self.faults: dict[str, list[object]] = {}
        self.seen: Counter[str] = Counter()
        self.tokens = 0
        self.valid: set[str] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def new_token(self) -> str:
        self.tokens += 1
        self.valid = {f"token-{self.tokens}"}
        return f"token-{self.tokens}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Rude

    def log_message(self, *args: object) -> None:
        """Nothing on the screen."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self._stumbles("token"):
            return
        if self.headers.get("Authorization") != "Basic ZHJ1a2tlcjpnZWhlaW0=":
            self._give(401, b'{"error": "invalid_client"}')
            return
        self._give(200, json.dumps({"access_token": self.server.new_token(), "expires_in": 600}).encode())

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve(lambda: self._give(201, b"{}"))

    def do_GET(self) -> None:
        self._serve(self._get)

    def _serve(self, answer) -> None:
        path = self.path.removeprefix(BASE)
        self.server.seen[path] += 1
        if self._stumbles(path):
            return
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.valid:
            self._give(401, b'{"code": "token-ongeldig"}')
            return
        answer()

    def _get(self) -> None:
        if self.path.endswith("/document"):
            self._give_document()
        elif "nergens" in self.path:
            self._give(404, b'{"code": "niet-gevonden"}')
        else:
            number = int(self.path.rpartition("=")[2]) if "=" in self.path else 0
            following = {"next": {"href": f"{BASE}/lijst?cursor={number + 1}"}} if number < 3 else {}
            self._give(200, json.dumps({"dingen": [number], "_links": following}).encode())

    def _give_document(self) -> None:
        whole = self.server.document
        etag = f'"{hashlib.sha256(whole).hexdigest()}"'
        if self.headers.get("If-Range", etag) != etag:
            self._give(200, whole, ETag=etag)
            return
        first, last = (int(word) for word in self.headers["Range"].removeprefix("bytes=").split("-"))
        if first >= len(whole):
            self._give(416, b"{}")
            return
        piece = whole[first : last + 1]
        place = f"bytes {first}-{first + len(piece) - 1}/{len(whole)}"
        self._give(206, piece, **{"ETag": etag, "Content-Range": place})

    def _stumbles(self, path: str) -> bool:
        faults = self.server.faults.get(path)
        if not faults:
            return False
        fault = faults.pop(0)
        if fault == "weg":
            self.close_connection = True
        elif fault == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
        else:
            self._give(fault, b'{"code": "te-vaak"}', **{"Retry-After": "7"})
        return True

    def _give(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def rude(document: bytes = b"") -> Iterator[Rude]:
    """The server, for as long as the test."""
    server = Rude(document)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
