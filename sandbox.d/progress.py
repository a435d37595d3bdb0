"""Showing what is being done, how far it is and how long it took."""

import sys
import time


class Progress:
    """The lines that a person sees while something is set up."""

    def __init__(self, total, stream=None):
        self.total = total
        self.stream = stream or sys.stderr
        self.number = 0
        self.title = ""
        self.begun = 0.0
        self.shown = ""

    def begin(self, title):
        """Announce the next of the steps."""
        self.number += 1
        self.title = title
        self.begun = time.monotonic()
        self.shown = ""
        if not self.stream.isatty():
            self._write(f"[{self.number}/{self.total}] {title} ...\n")
        self.update("")

    def update(self, detail):
        """Say how far the step is; only a terminal shows every change."""
        if not self.stream.isatty() or (detail and detail == self.shown):
            return
        self.shown = detail
        text = f"[{self.number}/{self.total}] {self.title} ... {detail}"
        self._write(f"\r\033[K{text[:110]}")

    def end(self):
        """Close the step with the time that it took."""
        seconds = time.monotonic() - self.begun
        start = "\r\033[K" if self.stream.isatty() else ""
        self._write(f"{start}[{self.number}/{self.total}] {self.title}: done in {seconds:.1f} s\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()
