"""A PostgreSQL cluster of its own for faults that would hurt other users of the sandbox's server."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import postgres

#: Durability is on, unlike in the sandbox: a crash must lose nothing that was committed.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "jit": "off",
    "wal_level": "replica",
    "max_wal_size": "200MB",
    "log_min_messages": "fatal",
}


class Cluster:
    """A cluster in a directory of its own, with its socket.

    :param Path directory: its place; it belongs to the account of the server
    """

    def __init__(self, directory):
        self.directory = directory
        self.data = directory / "data"

    @classmethod
    def create(cls, directory=None):
        """Create a cluster with the programs of the sandbox and start it.

        :param Path directory: an empty directory; by default a temporary one
        """
        cluster = cls(directory or Path(tempfile.mkdtemp(prefix="faults-")))
        postgres.make_owned(cluster.directory, 0o755)
        cluster.run("initdb", "-D", cluster.data, "-U", postgres.ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        cluster.configure(SETTINGS)
        cluster.start()
        return cluster

    def run(self, *arguments):
        """Run a program of PostgreSQL as the account of the server. Raise if it fails."""
        command, options = postgres.as_server(*arguments)
        with open(self.directory / "programs.log", "ab") as log:
            subprocess.run(
                command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options
            )

    def configure(self, settings):
        """Append settings. They hold from the next start on."""
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self):
        """Start the server and wait until it accepts connections."""
        options = f"-k '{self.directory}' -p {postgres.PORT}"
        log = self.data / "server.log"
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", log, "-o", options)

    def stop(self, mode="immediate"):
        """Stop the server; `immediate` is like a loss of power for it."""
        self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def restart(self, pause=1.0):
        """Stop the server at once and start it again after a while."""
        self.stop()
        time.sleep(pause)
        self.start()

    def kill_backend(self, process_id):
        """Kill a backend with SIGKILL. PostgreSQL then ends all connections and recovers from its log."""
        os.kill(process_id, signal.SIGKILL)
        self.wait()

    def wait(self):
        """Wait until the server accepts connections again."""
        deadline = time.monotonic() + 60
        command = [postgres.binaries() / "pg_isready", "-q", "-h", self.directory, "-p", postgres.PORT]
        time.sleep(0.3)
        while subprocess.run(command, check=False).returncode and time.monotonic() < deadline:
            time.sleep(0.1)

    def environment(self):
        """Return the environment variables by which programs find the server."""
        return {"PGHOST": str(self.directory), "PGPORT": postgres.PORT, "PGUSER": postgres.ROLE}

    def remove(self):
        """Stop the server and remove its files."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def standby(self, delay):
        """Create a standby that applies what happens here with a delay, and start it.

        :param str delay: for example `20s`
        """
        directory = Path(tempfile.mkdtemp(prefix="faults-replica-"))
        postgres.make_owned(directory, 0o755)
        replica = Cluster(directory)
        arguments = ["-h", self.directory, "-p", postgres.PORT, "-U", postgres.ROLE, "-R", "-c", "fast"]
        replica.run("pg_basebackup", "-D", replica.data, *arguments)
        replica.configure({"recovery_min_apply_delay": delay, "hot_standby": "on"})
        replica.start()
        return replica
