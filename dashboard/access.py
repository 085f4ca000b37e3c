"""Who may look, who may take whole tables and send corrections, and the log of both (docs/operations.md).

``DASHBOARD_AUTH`` in the environment decides:

- not set: this machine only. The server listens on 127.0.0.1, and whoever sits at the machine is an analyst.
- ``oidc``: Streamlit's login (secrets.toml outside the project: DASHBOARD_SECRETS).
- ``proxy``: a header (DASHBOARD_USER_HEADER, X-Forwarded-User) that a trusted reverse proxy sets; from any other
  address than DASHBOARD_TRUSTED_PROXIES the header is nobody's.
- ``none``: everybody who reaches the server is a viewer.

DASHBOARD_VIEWERS (default: all who are signed in) and DASHBOARD_ANALYSTS (default: nobody) list names. Each download
and each correction is a line in ``data/logs/audit.jsonl``; where that cannot be written, nothing is handed out.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from dashboard import data, wording

log = logging.getLogger(__name__)
Mode = Literal["local", "oidc", "proxy", "none"]
Role = Literal["viewer", "analyst"]
MODES: dict[str, Mode] = {"": "local", "local": "local", "oidc": "oidc", "proxy": "proxy", "none": "none"}
NAME = re.compile(r"[^\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff,;]{1,200}")
KEY = "_user"  # in the session; no widget has this key
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class AccessError(RuntimeError):
    """The environment asks for an access that cannot be given; the message says what to set."""


@dataclass(frozen=True)
class User:
    """Who is looking."""

    name: str
    role: Role
    via: Mode

    @property
    def analyst(self) -> bool:
        return self.role == "analyst"


@dataclass(frozen=True)
class Policy:
    """What the environment says."""

    mode: Mode
    header: str
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    viewers: frozenset[str]
    analysts: frozenset[str]
    claim: str
    hours: float

    def user(self, name: str | None) -> User | None:
        """The user of that name, who may be nobody."""
        if not name or not NAME.fullmatch(name):
            return None
        if name.lower() in self.analysts or "*" in self.analysts:
            return User(name, "analyst", self.mode)
        return User(name, "viewer", self.mode) if name.lower() in self.viewers or "*" in self.viewers else None


def policy(env: Mapping[str, str]) -> Policy:
    """Read the environment; AccessError where it contradicts itself."""
    mode = MODES.get(env.get("DASHBOARD_AUTH", "").strip().lower())
    if mode is None:
        raise AccessError("DASHBOARD_AUTH must be oidc, proxy or none, or not be set")
    try:
        proxies = tuple(
            ipaddress.ip_network(a, strict=False) for a in listed(env, "DASHBOARD_TRUSTED_PROXIES", "127.0.0.1,::1")
        )
        hours = float(env.get("DASHBOARD_SESSION_HOURS", "12"))
    except ValueError as error:
        raise AccessError(f"DASHBOARD_TRUSTED_PROXIES or DASHBOARD_SESSION_HOURS: {error}") from error
    return Policy(
        mode,
        env.get("DASHBOARD_USER_HEADER", "X-Forwarded-User"),
        proxies,
        frozenset(n.lower() for n in listed(env, "DASHBOARD_VIEWERS", "*")),
        frozenset(n.lower() for n in listed(env, "DASHBOARD_ANALYSTS", "")),
        env.get("DASHBOARD_USER_CLAIM", "email"),
        hours,
    )


def listed(env: Mapping[str, str], name: str, default: str) -> list[str]:
    """A comma- or space-separated list."""
    return [part for part in re.split(r"[,\s]+", env.get(name, default)) if part]


def by_proxy(rules: Policy, headers: Sequence[str], peer: str | None) -> User | None:
    """The user that a trusted proxy names; `headers` holds the header's values, `peer` the address it came from.

    A header that occurs twice is nobody's: one of them may be the client's own.
    """
    try:
        address = ipaddress.ip_address((peer or "127.0.0.1").removeprefix("::ffff:"))
    except ValueError:
        return None
    trusted = any(address in network for network in rules.proxies)
    return rules.user(headers[0].strip()) if trusted and len(headers) == 1 else None


def by_claims(rules: Policy, claims: Mapping[str, Any], now: float) -> User | None:
    """The user of a checked OIDC login, for DASHBOARD_SESSION_HOURS; an unverified address is nobody's."""
    if not claims.get("is_logged_in") or (rules.claim == "email" and claims.get("email_verified") is False):
        return None
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or not -300 <= now - issued <= rules.hours * 3600:
        return None
    name = claims.get(rules.claim)
    return rules.user(name) if isinstance(name, str) else None


def find_user(rules: Policy) -> User | None:
    """Who is looking at this session; None for nobody that may."""
    if rules.mode == "proxy":
        return by_proxy(rules, st.context.headers.get_all(rules.header), st.context.ip_address)
    if rules.mode == "oidc":
        return by_claims(rules, st.user.to_dict(), time.time())
    if rules.mode == "none":
        return User("anonymous", "viewer", "none")
    elsewhere = isinstance(st.context.ip_address, str)  # None on this machine (and no string in Streamlit's AppTest)
    return None if elsewhere else User("local", "analyst", "local")


def enter() -> User | None:
    """Look who it is, once a run; the other functions here then know."""
    user = find_user(policy(os.environ))
    st.session_state[KEY] = user
    return user


def current() -> User | None:
    """Who is looking, as `enter` found."""
    user = st.session_state.get(KEY)
    return user if isinstance(user, User) else None


def refuse(t: Callable[..., str]) -> None:
    """The page of those who may not look: sign in, or why not."""
    mode = policy(os.environ).mode
    signed_in = mode == "oidc" and bool(st.user.to_dict().get("is_logged_in"))
    why = {
        "oidc": t("此账号没有查看权限，或登录已过期。请重新登录，或联系管理员。") if signed_in else t("请先登录。"),
        "proxy": t("未收到可信代理给出的用户。请从单位的入口地址打开，或联系管理员。"),
    }.get(mode, t("本机之外的访问需要先设置登录方式（DASHBOARD_AUTH）。"))
    st.html(f'<div class="ct-empty"><b>{wording.markup(t("没有权限"))}</b><br>{wording.markup(why)}</div>')
    if mode == "oidc":
        st.button(t("登录"), on_click=st.login, key="sign_in", type="primary")
    if signed_in:
        st.button(t("退出登录"), on_click=st.logout, key="sign_out")


def footer(t: Callable[..., str], user: User) -> None:
    """Who is signed in, and the way out."""
    if user.via != "oidc":
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        role = t("分析员") if user.analyst else t("读者")
        st.html(f'<div class="ct-note">{wording.markup(f"{user.name} · {role}")}</div>', width="content")
        st.button(t("退出登录"), on_click=st.logout, key="sign_out", type="tertiary")


def may(t: Callable[..., str]) -> bool:
    """Whether this reader is an analyst; says so where not."""
    user = current()
    if user is None or user.analyst:
        return user is not None
    st.html(f'<div class="ct-note">{wording.markup(t("下载整表和更正需要分析员权限。"))}</div>')
    return False


# --- the audit log ---------------------------------------------------------------------------------------------------


def audit(user: User | None, action: str, what: str) -> None:
    """Add a line. Raises OSError where it cannot be written, unless the machine's own user is looking."""
    line = {
        "time": dt.datetime.fromtimestamp(time.time(), dt.UTC).isoformat(timespec="seconds"),
        "user": user.name if user else None,
        "role": user.role if user else None,
        "via": user.via if user else None,
        "action": action,
        "what": what[:500],
    }
    try:
        append(data.root() / "logs" / "audit.jsonl", json.dumps(line).encode() + b"\n")
    except OSError:
        if user is None or user.via != "local":
            raise
        log.warning("the audit log cannot be written", exc_info=True)


def append(path: Path, line: bytes) -> None:
    """One write, for the owner's eyes; a link in the way is not followed. JSON keeps any text on its line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


def audited(what: str, make: Callable[[], bytes], action: str = "download") -> Callable[[], bytes]:
    """`make`, logged when it is called: by the user who was shown the button."""
    user = current()

    def logged() -> bytes:
        audit(user, action, what)
        return make()

    return logged


# --- starting the server ---------------------------------------------------------------------------------------------


def server_options(address: str, env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Streamlit's options and environment for the asked-for access; AccessError where it would let anybody in."""
    rules = policy(env)
    if rules.mode == "local" and address not in LOOPBACK:
        raise AccessError(
            f"{address}: without a login the dashboard listens on 127.0.0.1 only. Set DASHBOARD_AUTH to oidc or proxy, "
            "or to none if everybody who reaches this address may look (docs/operations.md)."
        )
    hosts = listed(env, "DASHBOARD_HOSTS", ",".join(LOOPBACK) if rules.mode == "local" else "")
    options = [part for host in hosts for part in ("--server.allowedHosts", host)]
    if rules.mode == "oidc":
        return [*options, "--secrets.files", secrets(env)], {}
    # The address that counts is the proxy's own, not the one that X-Forwarded-For names.
    return options, {"FORWARDED_ALLOW_IPS": ""} if rules.mode == "proxy" else {}


def secrets(env: Mapping[str, str]) -> str:
    """The file with client id, client secret and cookie secret: outside the project, readable."""
    path = Path(env.get("DASHBOARD_SECRETS", "/etc/campaign-tracker/secrets.toml"))
    if not path.is_file() or not os.access(path, os.R_OK):
        raise AccessError(f"{path}: no such secrets file; docs/operations.md says what belongs in it")
    if path.resolve().is_relative_to(Path(__file__).resolve().parents[1]):
        raise AccessError(f"{path}: secrets do not belong in the project's folder")
    return str(path)
