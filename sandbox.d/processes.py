"""Run other programs, with their output in a log or in the terminal."""

import os
import re
import signal
import subprocess
import time

import places
from problems import Problem

# The last line of a traceback. Odoo may log more lines after it.
EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Violation|Warning)\b.*:.+", re.MULTILINE)


def find_program(name, environment=None):
    """Return the path of a program on PATH, or None.

    :param dict environment: variables with the PATH to search; without it, those of this process
    """
    path = (environment or os.environ).get("PATH", "")
    for directory in path.split(os.pathsep):
        candidate = os.path.join(directory, name)
        if directory and os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    return None


def run_logged(log_name, arguments, watch=None, **options):
    """Run a program until it ends, with its output in a log.

    :param watch: function that is called with the log's path a few times a second, to show progress
    :param options: options of `subprocess.Popen`
    :raise Problem: if the program fails
    """
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log = places.LOGS / f"{log_name}.log"
    with open(log, "ab") as output:
        start = output.tell()
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
            reader.seek(start)
            reason = reason_in(reader.read().decode(errors="replace"))
        name = os.path.basename(str(arguments[0]))
        raise Problem(f"{name} failed: {reason or f'exit code {process.returncode}'} (all of it: {log})")


def reason_in(output):
    """Return the line of a failed program's output that most likely gives the reason."""
    exceptions = EXCEPTION.findall(output)
    lines = output.strip().splitlines()
    return (exceptions or lines or [""])[-1].strip()


def wait_watching(process, log, watch):
    """Wait for the end of a process and call `watch` a few times a second."""
    while True:
        try:
            process.wait(timeout=0.25)
            return
        except subprocess.TimeoutExpired:
            if watch:
                watch(log)


def end_process(process, ending=signal.SIGTERM, patience=15):
    """Stop a process if it is running: first by a signal, after `patience` seconds by SIGKILL."""
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
    """Run a program in this terminal.

    The terminal sends Ctrl-C to the program itself. This process ignores it and waits, so that the program can clean
    up.

    :param ending: the signal for the program if only this process is asked to end
    :return: the exit code
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
