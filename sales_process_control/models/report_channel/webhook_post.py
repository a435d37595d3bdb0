"""Posts JSON to an incoming webhook of somebody else. No models, no Odoo.

The address is what a sales manager entered, so that it may be anything. Only HTTPS to public addresses is allowed: the
name is resolved once, all its addresses are checked, and the connection goes to a checked one. Redirects are not
followed, and no proxy of the environment is used, which would resolve the name again.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit

import requests

#: Seconds until the connection stands, and again for its encryption; between two pieces of the answer; from the
#: beginning of the message to the end of the answer.
CONNECT_SECONDS, READ_SECONDS, ANSWER_SECONDS = 5, 15, 20
#: Most addresses of a name that are tried.
MOST_ADDRESSES = 4
#: How much of an answer is read.
ANSWER_BYTES = 8192
#: Addresses of the sixth version that are given to the internet. Python takes old kinds of private ones for public.
GLOBAL = ipaddress.ip_network("2000::/3")
#: Networks in it that hold addresses of the fourth version, perhaps private ones.
TRANSLATED = [ipaddress.ip_network(name) for name in ("2002::/16", "2001::/32")]


class ForbiddenAddressError(Exception):
    """The address may not be called."""


class UnreachableError(Exception):
    """The service did not get the message."""


class AnswerLostError(Exception):
    """The service may have got the message, and did not answer."""


class Answer(NamedTuple):
    """What a service answered.

    :param status: HTTP status
    :param headers: mapping of the headers
    :param body: its beginning
    """

    status: int
    headers: dict
    body: bytes


class Target(NamedTuple):
    """A checked address.

    :param scheme: `https`, or `http` inside the own network
    :param host: name or IP address
    :param path: with its query
    :param is_inside: whether the administrator allows the host in the own network
    """

    scheme: str
    host: str
    port: int
    path: str
    is_inside: bool


def parse_target(url: str, inside_hosts=()) -> Target:
    """Return the target of an address.

    :param inside_hosts: hosts, or hosts with a port, that may be in the own network and be called without encryption
    :raises ForbiddenAddressError: for other addresses than HTTPS, and for such with a user or without a host
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise ForbiddenAddressError from None
    host = parts.hostname or ""
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not host or "@" in parts.netloc or not is_plain:
        raise ForbiddenAddressError
    is_inside = host in inside_hosts or f"{host}:{port}" in inside_hosts
    if parts.scheme != "https" and not (is_inside and parts.scheme == "http"):
        raise ForbiddenAddressError
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, is_inside)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found.version == 6:
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found not in GLOBAL or any(found in network for network in TRANSLATED):
            return False
    return found.is_global and not found.is_multicast


def sign_dingtalk(url: str, secret: str, milliseconds: int) -> str:
    """Return the address of a robot of DingTalk with the signature that its security settings ask for.

    :param secret: begins with SEC
    :param milliseconds: the current time; DingTalk takes a signature for an hour
    """
    text = f"{milliseconds}\n{secret}".encode()
    code = base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest())
    return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={quote_plus(code)}"


def post_json(url: str, message: dict, inside_hosts=()) -> Answer:
    """Post a message once.

    Errors hold neither the address nor what the service said: the address is a secret.

    :param inside_hosts: see :func:`parse_target`
    :raises ForbiddenAddressError: if the address may not be called
    :raises UnreachableError: if the service cannot have got the message
    :raises AnswerLostError: if it may have
    """
    target = parse_target(url, inside_hosts)
    addresses = _resolve(target)[:MOST_ADDRESSES]
    body = json.dumps(message, ensure_ascii=False).encode()
    for address in addresses[:-1]:
        try:
            return _post(target, address, body)
        except UnreachableError:
            continue
    return _post(target, addresses[-1], body)


def _resolve(target: Target) -> list[str]:
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnreachableError from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise UnreachableError
    if not target.is_inside and not all(is_public(address) for address in addresses):
        raise ForbiddenAddressError
    return addresses


def _post(target: Target, address: str, body: bytes) -> Answer:
    connection = _connect(target, address)
    host = f"[{target.host}]" if ":" in target.host else target.host
    headers = {
        "Host": host if target.port in (80, 443) else f"{host}:{target.port}",
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Odoo",
        "Connection": "close",
    }
    try:
        with _Deadline(connection.sock, ANSWER_SECONDS) as deadline:
            connection.request("POST", target.path, body, headers)
            answer = connection.getresponse()
            if deadline.is_over:
                raise AnswerLostError  # the headers are cut off
            return Answer(answer.status, answer.headers, _read(answer))
    except (http.client.HTTPException, OSError):
        raise AnswerLostError from None
    finally:
        connection.close()


def _connect(target: Target, address: str) -> http.client.HTTPConnection:
    """Return an open connection to a checked IP address of the target.

    :raises UnreachableError: if there is none; nothing was sent then
    """
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        connection.sock = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
        if target.scheme == "https":
            # The certificate has to be that of the name, although the connection goes to the address.
            context = ssl.create_default_context(cafile=requests.certs.where())
            connection.sock = context.wrap_socket(
                connection.sock, server_hostname=target.host, do_handshake_on_connect=False
            )
            with _Deadline(connection.sock, CONNECT_SECONDS):
                connection.sock.do_handshake()
        connection.sock.settimeout(READ_SECONDS)
    except OSError:
        connection.close()
        raise UnreachableError from None
    return connection


def _read(answer: http.client.HTTPResponse) -> bytes:
    """Return the beginning of an answer. Who has sent a status has read the message: the rest may be missing."""
    body = b""
    try:
        while len(body) < ANSWER_BYTES and (piece := answer.read1(1024)):
            body += piece
    except (http.client.HTTPException, OSError):
        return body
    return body


class _Deadline:
    """Ends a connection after some seconds: its own timeout begins anew with each byte that a server sends.

    :param sock: the connection
    :param seconds: how long it may last inside the `with` statement
    """

    def __init__(self, sock: socket.socket, seconds: float):
        self.is_over = False
        self._sock = sock
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *_error):
        self._timer.cancel()

    def _end(self):
        self.is_over = True
        # The method of encrypted sockets would change the object that another thread reads from.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
