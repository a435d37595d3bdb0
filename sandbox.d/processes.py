"""Running other programs: quietly into a log, or with the terminal."""

import os
import re
import signal
import subprocess
import time

import places
from problems import Problem

# What a traceback ends with; Odoo goes on logging after it.
EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Violation|Warning)\b.*:.+", re.MULTILINE)


def find_program(name, environment=None):
    """The path of a program on PATH, or None."""
    path = (environment or os.environ).get("PATH", "")
    for directory in path.split(os.pathsep):
        candidate = os.path.join(directory, name)
        if directory and os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    return None


def run_logged(log_name, arguments, watch=None, **options):
    """Run a program to its end with its output in a log; a failure is a Problem.

    `watch` is called a few times a second with the log's path, to show progress.
    """
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log = places.LOGS / f"{log_name}.log"
    with open(log, "ab") as output:
        begin = output.tell()
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )
        try:
            wait_watching(process, log, watch)
        finally:
            end_process(process)
    if process.returncode:
        with open(log, "rb") as reader:
            reader.seek(begin)
            reason = reason_in(reader.read().decode(errors="replace"))
        name = os.path.basename(str(arguments[0]))
        raise Problem(f"{name} failed: {reason or f'exit code {process.returncode}'} (all of it: {log})")


def reason_in(output):
    """The line of a failed program's output that most likely tells why."""
    exceptions = EXCEPTION.findall(output)
    lines = output.strip().splitlines()
    return (exceptions or lines or [""])[-1].strip()


def wait_watching(process, log, watch):
    """Wait for the end of a process, calling `watch` meanwhile."""
    while True:
        try:
            process.wait(timeout=0.25)
            return
        except subprocess.TimeoutExpired:
            if watch:
                watch(log)


def end_process(process, ending=signal.SIGTERM, patience=15):
    """End a process if it still runs: politely, then for certain."""
    if process.poll() is not None:
        return
    process.send_signal(ending)
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()


def run_attached(arguments, environment, ending=signal.SIGTERM, **options):
    """Run a program with this terminal and return its exit code.

    Ctrl-C reaches it from the terminal by itself; this process only waits, so
    that the program has time to end in order. `ending` is what the program gets
    where this process alone is told to end.
    """
    process = subprocess.Popen([str(argument) for argument in arguments], env=environment, **options)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        end_process(process, ending)
    code = process.returncode
    return code if code >= 0 else 128 - code
