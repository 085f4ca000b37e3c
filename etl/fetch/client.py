"""A polite HTTP client: says who it is, keeps robots.txt, one request at a time with a pause, retries with back-off."""

from __future__ import annotations

import time
import urllib.robotparser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx

from etl import __version__

MAX_BODY = 20 << 20  # bytes; a newspaper's article page has 10-100 thousand
MAX_WAIT = 300.0  # seconds that a server's Retry-After may ask for
MAX_DELAY = 60.0  # seconds that robots.txt may ask for between requests
_RETRY = frozenset({408, 425, 429, 500, 502, 503, 504, 509, 520, 521, 522, 523, 524})


class FetchError(RuntimeError):
    """A page could not be had; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: 200 with a body, 304 (unchanged), or 404/410 (there is none)."""

    status: int
    url: str
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None


@dataclass
class Client:
    """Requests to newspapers' sites. `sleep` and `clock` are parameters so that tests do not wait."""

    http: httpx.Client
    pause: float = 1.0
    attempts: int = 5
    back_off: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    robots: dict[str, urllib.robotparser.RobotFileParser] = field(default_factory=dict)
    requests: int = 0
    _last: float = float("-inf")

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Reply:
        """The page at `url`; FetchError where robots.txt forbids it, or where all attempts failed."""
        if not self._allowed(url):
            raise FetchError("robots.txt 不允许抓取")
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return self._redirected(url, {k: v for k, v in conditions.items() if v})

    def _redirected(self, url: str, headers: Mapping[str, str]) -> Reply:
        host = urlsplit(url).netloc
        for _ in range(5):
            reply = self._patient(url, headers)
            if reply.status not in {301, 302, 303, 307, 308}:
                return reply
            url = urljoin(url, reply.body.decode("ascii", "replace"))
            if urlsplit(url).netloc != host or not self._allowed(url):
                raise FetchError(f"被转到别处（{url[:100]}）")
        raise FetchError("转向次数过多")

    def _patient(self, url: str, headers: Mapping[str, str]) -> Reply:
        """Try until an answer stands: server faults, broken connections and empty bodies are tried again."""
        reason = ""
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(min(self.back_off * 2 ** (attempt - 1), MAX_WAIT))
            try:
                status, reply, wait = self._once(url, headers)
            except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL) as error:
                reason = f"连接失败（{type(error).__name__}）"
                continue
            if status == 200 and not reply.body.strip():
                reason = "内容是空的"
            elif status not in _RETRY:
                return reply
            else:
                reason = f"服务器出错（HTTP {status}）"
                if wait and attempt + 1 < self.attempts:
                    self.sleep(wait)
        raise FetchError(f"{reason}，已试 {self.attempts} 次")

    def _once(self, url: str, headers: Mapping[str, str]) -> tuple[int, Reply, float]:
        self._keep_pause(url)
        self.requests += 1
        with self.http.stream("GET", url, headers=dict(headers)) as response:
            if response.has_redirect_location:
                return (
                    response.status_code,
                    Reply(response.status_code, url, response.headers["location"].encode()),
                    0.0,
                )
            body = bytearray()
            if response.status_code == 200:
                for block in response.iter_bytes():
                    body += block
                    if len(body) > MAX_BODY:
                        raise FetchError(f"超过 {MAX_BODY >> 20} MB")
            status = response.status_code
            if status not in _RETRY | {200, 304, 404, 410}:
                raise FetchError(f"HTTP {status}")
            wait = response.headers.get("retry-after", "")
            tags = response.headers.get("etag"), response.headers.get("last-modified")
            return (
                status,
                Reply(status, url, bytes(body), *tags),
                min(float(wait), MAX_WAIT) if wait.isdecimal() else 0.0,
            )

    def _keep_pause(self, url: str) -> None:
        robots = self.robots.get(urlsplit(url).netloc)
        asked = float(robots.crawl_delay(user_agent()) or 0) if robots else 0.0
        wait = self._last + max(self.pause, min(asked, MAX_DELAY)) - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._last = self.clock()

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            return False
        if parts.netloc not in self.robots:
            self.robots[parts.netloc] = self._read_robots(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return self.robots[parts.netloc].can_fetch(user_agent(), url)

    def _read_robots(self, url: str) -> urllib.robotparser.RobotFileParser:
        """RFC 9309: no such file allows everything; a server that cannot answer allows nothing."""
        robots = urllib.robotparser.RobotFileParser(url)
        try:
            reply = self._patient(url, {})
            lines = reply.body[:500_000].decode("utf-8", "replace").splitlines() if reply.status == 200 else []
        except FetchError as error:
            empty = "内容是空的" in str(error) or str(error).startswith("HTTP 4")
            lines = [] if empty else ["User-agent: *", "Disallow: /"]
        robots.parse(lines)
        robots.modified()
        return robots


def user_agent(contact: str | None = None) -> str:
    """How requests identify themselves."""
    return f"campaign-tracker/{__version__}" + (f" (+{contact})" if contact else "")


def open_http(contact: str | None = None) -> httpx.Client:
    """A connection pool of one, with the time limits that slow newspaper servers need."""
    return httpx.Client(
        headers={"User-Agent": user_agent(contact), "Accept": "text/html,application/xhtml+xml,*/*;q=0.5"},
        timeout=httpx.Timeout(30.0, connect=15.0),
        limits=httpx.Limits(max_connections=1),
        follow_redirects=False,
    )
