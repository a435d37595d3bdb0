"""A server of Odoo in a process of its own, and people who use it as a browser does."""

import contextlib
import itertools
import subprocess

import databases
import places
import processes
import requests
from serving import free_port, wait_for_answer


@contextlib.contextmanager
def served(database, environment):
    """Serve a database within the block, without jobs.

    :return: (address of the server, path of its log)
    """
    port = free_port()
    log = places.LOGS / f"serve-{database}.log"
    command = databases.odoo_command(
        "-d", database, "--db-filter", f"^{database}$", "-p", port, "--max-cron-threads", 0
    )
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for_answer(process, port)
            yield f"http://127.0.0.1:{port}", log
        finally:
            processes.end_process(process)


class RemoteError(Exception):
    """An error that Odoo returned to a call."""


class Person:
    """Somebody with a browser, at first nobody that Odoo knows."""

    def __init__(self, address, database):
        self.address = address
        self.database = database
        self.session = requests.Session()
        self.numbers = itertools.count(1)

    def log_in(self, login, password):
        """Log in, and return this person."""
        self.post("/web/session/authenticate", db=self.database, login=login, password=password)
        return self

    def post(self, path, **parameters):
        """Call a JSON-RPC route.

        :raise RemoteError: if Odoo returns an error
        """
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self.numbers), "params": parameters}
        answer = self.session.post(self.address + path, json=body, timeout=120).json()
        if "error" in answer:
            raise RemoteError(answer["error"]["data"]["debug"])
        return answer.get("result")

    def call(self, model, method, *arguments, **options):
        """Call a method of a model, as the web client does."""
        parameters = {"model": model, "method": method, "args": arguments, "kwargs": options}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", **parameters)

    def create(self, model, **values):
        """Create a record and return its id."""
        return self.call(model, "create", [values])[0]

    def read(self, model, record_id, *names):
        """Return the values of some fields of a record."""
        [values] = self.call(model, "read", [record_id], list(names), load=None)
        return values

    def reference(self, name):
        """Return the id of the record with an external name."""
        module, _dot, record = name.partition(".")
        domain = [("module", "=", module), ("name", "=", record)]
        return self.call("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]

    def page(self, path):
        """Return the text of a page.

        :raise requests.HTTPError: if there is none
        """
        answer = self.session.get(self.address + path, timeout=120)
        answer.raise_for_status()
        return answer.text
