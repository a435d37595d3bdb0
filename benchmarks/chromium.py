"""A browser for benchmarks, driven over its own protocol; no benchmark itself."""

import itertools
import json
import socket
import subprocess
import tempfile
import time
import urllib.request

import websocket

LOG_IN = "fetch('/web/session/authenticate', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: %s})"


class Chromium:
    """One page of a browser without a window, driven over its own protocol."""

    def __init__(self):
        # A port of its own: another browser's page would answer just as well.
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                f"--remote-debugging-port={self.port}",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.directory.name}",
                "--window-size=1440,900",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.numbers = itertools.count(1)
        self.socket = websocket.create_connection(self.address(), timeout=120)

    def address(self):
        """Where its page listens, once it does."""
        for _attempt in range(100):
            try:
                with urllib.request.urlopen(f"http://localhost:{self.port}/json") as answer:
                    return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Chromium does not answer")

    def call(self, method, **parameters):
        """Have the browser do something, and return what it answers."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                return answer["result"]

    def run(self, code):
        """Run JavaScript in the page, and return its value once it is there."""
        answer = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def open(self, url, seconds=6):
        """Go to a page, and give it time."""
        self.call("Page.navigate", url=url)
        time.sleep(seconds)

    def log_in(self, url, database, login, password):
        """Log in to a server."""
        self.open(f"{url}/web/login?db={database}")
        who = {"jsonrpc": "2.0", "params": {"db": database, "login": login, "password": password}}
        self.run(LOG_IN % json.dumps(json.dumps(who)))

    def close(self):
        """End it."""
        self.process.kill()
        self.process.wait()
