"""An identity provider on the loopback, that gives the answers a test asks of it."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, LEVEL = "bereik", "een geheim: met een dubbele punt", "urn:example:substantieel"
Claims = dict[str, Any]


def pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, OTHER_KEY = pair(), pair()
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def signed(claims: Claims) -> str:
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "een"})


def by_hand(claims: Claims, header: dict[str, str], sign: Callable[[bytes], bytes]) -> str:
    """A token as no library makes it."""

    def part(what: bytes) -> bytes:
        return base64.urlsafe_b64encode(what).rstrip(b"=")

    text = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    return (text + b"." + part(sign(text))).decode()


class IdentityProvider:
    """Knows one user. `token` makes the id_token of the claims; `asked` is how the browser came."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.codes: dict[str, dict[str, str]] = {}
        self.change: Claims = {}
        self.token: Callable[[Claims], str] = signed
        self.given = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def visit(self, address: str) -> dict[str, str]:
        """What the browser brings back from the page to sign in here."""
        asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def claims(self, nonce: str) -> Claims:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "nonce": nonce,
            "acr": LEVEL,
            "iat": now,
            "exp": now + 300,
        } | self.change
        return {name: value for name, value in claims.items() if value is not None}

    def answer(self, path: str, sent: dict[str, str], ourselves: str | None) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            pages = {"authorization_endpoint": "in", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.issuer, **{name: f"{self.issuer}/{page}" for name, page in pages.items()}}
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**key, "kid": "een", "use": "sig", "alg": "RS256"}]}
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or ourselves is None or not self._knows(asked, sent.get("code_verifier", "")):
            return None
        self.given += 1
        return {
            "access_token": "x",
            "token_type": "Bearer",
            "id_token": self.token(self.claims(asked["nonce"])),
        }

    @staticmethod
    def _knows(asked: dict[str, str], verifier: str) -> bool:
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return asked["code_challenge_method"] == "S256" and asked["code_challenge"] == digest

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                sent = {name: found[0] for name, found in parse_qs(self.rfile.read(length).decode()).items()}
                found = provider.answer(self.path, sent, self.headers.get("Authorization"))
                body = json.dumps(found or {"error": "invalid_grant"}).encode()
                self.send_response(200 if found else 400)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args: object) -> None:
                """Says nothing."""

        return Handler
