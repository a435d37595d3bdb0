"""Show which step is running, how far it is and how long it took."""

import sys
import time


class Progress:
    """The lines that are printed during the set-up."""

    def __init__(self, total, stream=None):
        self.total = total
        self.stream = stream or sys.stderr
        self.step = 0
        self.title = ""
        self.started = 0.0
        self.shown = ""

    def begin(self, title):
        """Print the title of the next step."""
        self.step += 1
        self.title = title
        self.started = time.monotonic()
        self.shown = ""
        if not self.stream.isatty():
            self._write(f"[{self.step}/{self.total}] {title} ...\n")
        self.update("")

    def update(self, detail):
        """Print how far the step is. Only a terminal shows each change."""
        if not self.stream.isatty() or (detail and detail == self.shown):
            return
        self.shown = detail
        text = f"[{self.step}/{self.total}] {self.title} ... {detail}"
        self._write(f"\r\033[K{text[:110]}")

    def end(self):
        """Print how long the step took."""
        seconds = time.monotonic() - self.started
        start = "\r\033[K" if self.stream.isatty() else ""
        self._write(f"{start}[{self.step}/{self.total}] {self.title}: done in {seconds:.1f} s\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()
