"""A small OpenID Connect provider for tests: code flow with PKCE, RS256, one user at a time who says yes to everything."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "dashboard", "only-for-the-test-of-this-machine"


@dataclass
class Provider:
    """What the provider says of its user; `forge` signs with a key that it does not publish."""

    claims: dict[str, Any] = field(default_factory=dict)
    forge: bool = False
    age: float = 0
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        from joserfc.jwk import RSAKey

        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}) for _ in range(2)]
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent with a code."""
        assert query["client_id"] == CLIENT and query["response_type"] == "code" and "openid" in query["scope"]
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code that is used once, by the client that knows the secret and the verifier."""
        from joserfc import jwt

        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        known = basic == f"{CLIENT}:{SECRET}" or (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if asked is None or not known or not proven(asked, form):
            return None
        now = time.time() - self.age
        claims = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": int(now), "exp": int(time.time()) + 600}
        key = self.keys[1 if self.forge else 0]
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | {"nonce": asked["nonce"]} | self.claims, key)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 600, "id_token": token}


def proven(asked: dict[str, str], form: dict[str, str]) -> bool:
    """PKCE: the verifier's digest is the challenge."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked.get("code_challenge")


def handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    """The provider's answers."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, content: object, status: int = 200) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.answer(provider.metadata())
            elif parts.path == "/jwks":
                self.answer({"keys": [provider.keys[0].as_dict(private=False)]})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            else:
                self.answer({"error": "not found"}, 404)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
            given = provider.token(form, self.headers.get("Authorization", ""))
            self.answer(given or {"error": "invalid_grant"}, 200 if given else 400)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler
