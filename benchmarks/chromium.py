"""A browser for the benchmarks, driven through the DevTools protocol."""

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

# In front: a benchmark has the name of a module there.
sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "sandbox.d")]

import browser  # noqa: E402

LOG_IN = "fetch('/web/session/authenticate', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: %s})"


class Chromium:
    """One page of a headless browser."""

    def __init__(self):
        # A free port, because another browser may listen on the default one.
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [
                browser.find_browser(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                f"--remote-debugging-port={self.port}",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.directory.name}",
                "--window-size=1440,900",
                # Without an address, Debian's headless Chromium begins without a page.
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.numbers = itertools.count(1)
        self.socket = websocket.create_connection(self.address(), timeout=120)

    def address(self):
        """Return the address of the page's socket, once the browser listens."""
        for _attempt in range(100):
            try:
                with urllib.request.urlopen(f"http://localhost:{self.port}/json") as answer:
                    return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Chromium does not answer")

    def call(self, method, **parameters):
        """Call a method of the DevTools protocol and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                return answer["result"]

    def run(self, code):
        """Run JavaScript in the page and return its value. Promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def open(self, url, seconds=6):
        """Open a page and wait some seconds."""
        self.call("Page.navigate", url=url)
        time.sleep(seconds)

    def log_in(self, url, database, login, password):
        """Log in to an Odoo server."""
        self.open(f"{url}/web/login?db={database}")
        who = {"jsonrpc": "2.0", "params": {"db": database, "login": login, "password": password}}
        self.run(LOG_IN % json.dumps(json.dumps(who)))

    def close(self):
        """End the browser."""
        self.process.kill()
        self.process.wait()
