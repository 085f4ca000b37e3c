"""Who gets in, as what, and what is written down of it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboard import access, data
from dashboard.access import AccessError, User, audit, by_claims, by_proxy, policy, server_options
from tests import live
from tests.conftest import ROOT
from tests.oidc_server import CLIENT, SECRET, Provider

NOW = 1_800_000_000.0

# --- policy ----------------------------------------------------------------------------------------------------------

ADDRESSES = [
    ("127.0.0.1", {}, None),
    ("localhost", {}, None),
    ("0.0.0.0", {}, "127.0.0.1 only"),
    ("192.168.1.5", {"DASHBOARD_AUTH": "local"}, "127.0.0.1 only"),
    ("::", {}, "127.0.0.1 only"),
    ("0.0.0.0", {"DASHBOARD_AUTH": "none"}, None),
    ("0.0.0.0", {"DASHBOARD_AUTH": "proxy"}, None),
    ("127.0.0.1", {"DASHBOARD_AUTH": "oicd"}, "must be oidc, proxy or none"),
    ("127.0.0.1", {"DASHBOARD_AUTH": "oidc", "DASHBOARD_SECRETS": "/no/such/file"}, "no such secrets file"),
    ("127.0.0.1", {"DASHBOARD_AUTH": "oidc", "DASHBOARD_SECRETS": str(ROOT / "README.md")}, "do not belong"),
    ("127.0.0.1", {"DASHBOARD_AUTH": "proxy", "DASHBOARD_TRUSTED_PROXIES": "nginx"}, "DASHBOARD_TRUSTED_PROXIES"),
]


@pytest.mark.parametrize(("address", "env", "error"), ADDRESSES)
def test_where_the_server_may_listen(address: str, env: dict[str, str], error: str | None) -> None:
    if error is None:
        server_options(address, env)
    else:
        with pytest.raises(AccessError, match=error):
            server_options(address, env)


def test_the_program_refuses_to_open_itself_to_the_network() -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("DASHBOARD_")}
    call = [sys.executable, "-m", "dashboard", "--address", "0.0.0.0", "--no-browser"]
    done = subprocess.run(call, cwd=ROOT, env=clean, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 64 and "127.0.0.1 only" in done.stderr


ENV = {
    "DASHBOARD_AUTH": "proxy",
    "DASHBOARD_ANALYSTS": "Li.Analyst, wang@x.cn",
    "DASHBOARD_TRUSTED_PROXIES": "10.0.0.5,fd00::/8",
}
HEADERS = [
    ("a reader", ["zhang"], "10.0.0.5", "viewer"),
    ("an analyst", ["li.analyst"], "10.0.0.5", "analyst"),
    ("an analyst in capitals", ["WANG@X.CN"], "10.0.0.5", "analyst"),
    ("through IPv6", ["zhang"], "fd00::7", "viewer"),
    ("through mapped IPv4", ["zhang"], "::ffff:10.0.0.5", "viewer"),
    ("from elsewhere", ["li.analyst"], "10.0.0.6", None),
    ("from this machine, which is not listed", ["li.analyst"], None, None),
    ("no header", [], "10.0.0.5", None),
    ("an empty header", [" "], "10.0.0.5", None),
    ("two headers", ["zhang", "li.analyst"], "10.0.0.5", None),
    ("two names in one", ["zhang,li.analyst"], "10.0.0.5", None),
    ("a line break", ["li.analyst\n"], "10.0.0.5", "analyst"),
    ("a line inside", ["zhang\nli.analyst"], "10.0.0.5", None),
    ("a turned name", ["\u202etsylana.il"], "10.0.0.5", None),
    ("a very long name", ["x" * 201], "10.0.0.5", None),
    ("no address at all", ["zhang"], "unix:", None),
]


@pytest.mark.parametrize(("name", "headers", "peer", "role"), HEADERS, ids=[h[0] for h in HEADERS])
def test_the_proxys_header(name: str, headers: list[str], peer: str | None, role: str | None) -> None:
    user = by_proxy(policy(ENV), headers, peer)
    assert (user.role if user else None) == role


def test_only_listed_viewers_where_there_is_a_list() -> None:
    rules = policy(ENV | {"DASHBOARD_VIEWERS": "zhang"})
    assert by_proxy(rules, ["zhang"], "10.0.0.5") == User("zhang", "viewer", "proxy")
    assert by_proxy(rules, ["zhao"], "10.0.0.5") is None
    assert by_proxy(rules, ["li.analyst"], "10.0.0.5") == User("li.analyst", "analyst", "proxy")


GOOD = {"is_logged_in": True, "email": "wang@x.cn", "email_verified": True, "iat": NOW - 60}
CLAIMS: list[tuple[str, dict[str, Any], str | None]] = [
    ("verified", {}, "analyst"),
    ("says nothing of verification", {"email_verified": None}, "analyst"),
    ("not verified", {"email_verified": False}, None),
    ("signed out", {"is_logged_in": False}, None),
    ("yesterday's login", {"iat": NOW - 13 * 3600}, None),
    ("tomorrow's login", {"iat": NOW + 3600}, None),
    ("no time", {"iat": None}, None),
    ("no address", {"email": None}, None),
    ("a list for an address", {"email": ["wang@x.cn"]}, None),
]


@pytest.mark.parametrize(("name", "change", "role"), CLAIMS, ids=[c[0] for c in CLAIMS])
def test_claims(name: str, change: dict[str, Any], role: str | None) -> None:
    user = by_claims(policy(ENV | {"DASHBOARD_AUTH": "oidc"}), GOOD | change, NOW)
    assert (user.role if user else None) == role


# --- the audit log ---------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(data.ROOT_VARIABLE, str(tmp_path))
    return tmp_path


def test_a_line_cannot_be_forged(root: Path) -> None:
    nasty = 'x"}\n{"user": "li", "action": "download"}\r\u2028\u202e\x00\x1b[2J=cmd()' + "长" * 1000
    audit(User("li", "analyst", "proxy"), "download", nasty)
    audit(None, "download", "b")
    content = (root / "logs" / "audit.jsonl").read_bytes()
    lines = content.split(b"\n")
    assert (
        len(lines) == 3 and lines[2] == b"" and content.isascii() and b"\x00" not in content and b"\x1b" not in content
    )
    first = json.loads(lines[0])
    assert (first["user"], first["role"], first["via"], first["what"]) == ("li", "analyst", "proxy", nasty[:500])
    assert os.name != "posix" or (root / "logs" / "audit.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links of POSIX")
def test_nothing_is_handed_out_unlogged(root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (root / "logs").mkdir()
    (root / "logs" / "audit.jsonl").symlink_to(victim)
    with pytest.raises(OSError):
        audit(User("li", "analyst", "proxy"), "download", "a")
    audit(User("local", "analyst", "local"), "download", "a")  # the machine's own user is not stopped
    assert victim.read_text() == "mine"


def test_a_download_is_logged_when_it_is_taken(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "current", lambda: User("li", "analyst", "oidc"))
    make = access.audited("表.csv", lambda: b"x")
    assert not (root / "logs").exists()
    assert make() == b"x" and make() == b"x"
    assert [json.loads(line)["what"] for line in (root / "logs" / "audit.jsonl").open()] == ["表.csv"] * 2


# --- a real server, a real browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live.make_table(tmp_path_factory.mktemp("table"))


def shown(page: Any, text: str) -> None:
    page.wait_for_selector(f"text={text}", timeout=60_000)


@pytest.mark.browser
def test_a_header_from_a_stranger_is_nobodys(table: Path) -> None:
    env = {"DASHBOARD_AUTH": "proxy", "DASHBOARD_TRUSTED_PROXIES": "10.9.9.9", "DASHBOARD_ANALYSTS": "li"}
    with live.dashboard(table, **env) as url, live.browser() as found:
        forged = {"X-Forwarded-User": "li", "X-Forwarded-For": "10.9.9.9"}
        page = found.new_context(extra_http_headers=forged).new_page()
        page.goto(url)
        shown(page, "没有权限")
        assert page.locator(".js-plotly-plot").count() == 0
        page.goto(f"{url}/events")
        shown(page, "没有权限")
        assert page.locator("[data-testid=stDataFrame]").count() == 0


@pytest.mark.browser
def test_another_sites_name_for_this_machine_is_refused(table: Path) -> None:
    """DNS rebinding: a page elsewhere that makes its own name point at 127.0.0.1."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    with live.dashboard(table) as url:
        stream = url.replace("http", "ws") + "/_stcore/stream"
        with connect(stream, subprotocols=["streamlit"], origin=url):  # type: ignore[list-item, arg-type]
            pass
        for host, origin in (("evil.example", "http://evil.example"), (url.split("//")[1], "http://evil.example")):
            with (
                pytest.raises(InvalidStatus),
                connect(stream, subprotocols=["streamlit"], origin=origin, additional_headers={"Host": host}),  # type: ignore[list-item, arg-type]
            ):
                pass
        with urllib.request.urlopen(f"{url}/_stcore/agent/openapi.json", timeout=5) as answer:
            assert b"enableAgentApi" in answer.read() or answer.status == 200


@dataclass
class Login:
    """The app behind the provider."""

    url: str
    provider: Provider


@pytest.fixture(scope="module")
def login(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    if not importlib.util.find_spec("authlib"):
        pytest.skip("Authlib is not installed (pip install -e '.[auth]')")
    provider = Provider()
    provider.start()
    port, secrets = live.free_port(), tmp_path_factory.mktemp("etc") / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
    )
    env = {
        "DASHBOARD_AUTH": "oidc",
        "DASHBOARD_SECRETS": str(secrets),
        "DASHBOARD_ANALYSTS": "li@x.cn",
        "DASHBOARD_VIEWERS": "zhang@x.cn",
    }
    with live.dashboard(table, port, **env) as url:
        yield Login(url.replace("127.0.0.1", "localhost"), provider)
    provider.stop()


def sign_in(found: Any, login: Login, path: str = "/") -> Any:
    """A page after the way through the provider."""
    page = found.new_context().new_page()
    page.goto(login.url + path)
    shown(page, "请先登录")
    assert page.locator(".js-plotly-plot").count() == 0
    page.locator("button:has-text('登录')").click()
    page.wait_for_url(f"{login.url}/**", timeout=60_000)
    return page


@pytest.mark.browser
def test_login_by_oidc(login: Login, table: Path) -> None:
    with live.browser() as found:
        login.provider.claims = {"email": "zhang@x.cn", "email_verified": True}
        page = sign_in(found, login)
        page.wait_for_selector(".js-plotly-plot", timeout=60_000)
        shown(page, "zhang@x.cn · 读者")
        page.goto(f"{login.url}/data?part=download")
        shown(page, "需要分析员权限")
        assert page.locator("button:has-text('events.parquet')").count() == 0
        page.locator("button:has-text('退出登录')").click()
        shown(page, "请先登录")

        login.provider.claims = {"email": "li@x.cn", "email_verified": True}
        page = sign_in(found, login)
        shown(page, "li@x.cn · 分析员")
        page.goto(f"{login.url}/data?part=download")
        button = page.locator("button:has-text('events.parquet')")
        button.wait_for(timeout=60_000)
        with page.expect_download(timeout=60_000) as download:
            button.click()
        assert download.value.path().read_bytes()[:4] == b"PAR1"
    last = json.loads((table / "logs" / "audit.jsonl").read_text().splitlines()[-1])
    assert (last["user"], last["via"], last["action"]) == ("li@x.cn", "oidc", "download")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("claims", "forge", "age", "told"),
    [
        ({"email": "zhao@x.cn", "email_verified": True}, False, 0, "此账号没有查看权限"),
        ({"email": "li@x.cn", "email_verified": False}, False, 0, "此账号没有查看权限"),
        ({"email": "li@x.cn", "email_verified": True}, False, 13 * 3600, "此账号没有查看权限"),
        ({"email": "li@x.cn", "email_verified": True}, True, 0, "请先登录"),
        ({"email": "li@x.cn", "aud": "another-program"}, False, 0, "请先登录"),
    ],
    ids=["not listed", "not verified", "too long ago", "forged signature", "another program's token"],
)
def test_logins_that_open_nothing(login: Login, claims: dict[str, Any], forge: bool, age: float, told: str) -> None:
    login.provider.claims, login.provider.forge, login.provider.age = claims, forge, age
    try:
        with live.browser() as found:
            page = sign_in(found, login)
            shown(page, told)
            time.sleep(1)
            assert page.locator(".js-plotly-plot").count() == 0
    finally:
        login.provider.forge, login.provider.age = False, 0.0


@pytest.mark.browser
def test_a_made_up_cookie_opens_nothing(login: Login) -> None:
    with live.browser() as found:
        context = found.new_context()
        for name in ("_streamlit_user", "_streamlit_user_tokens"):
            value = "eyJlbWFpbCI6ImxpQHguY24iLCJpc19sb2dnZWRfaW4iOnRydWV9.abc.def"
            context.add_cookies([{"name": name, "value": value, "url": login.url}])
        page = context.new_page()
        page.goto(login.url)
        shown(page, "请先登录")
