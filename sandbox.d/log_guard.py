"""Finding what Odoo complains about in its log, in this process and in others."""

import logging
import re

import places

# A complaint of Odoo's own about the surroundings or about its tests' ways, which
# the bare CRM gives as well.
IGNORED = (re.compile(r"Running as user 'root' is a security risk"),)
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>WARNING|ERROR|CRITICAL) (?P<database>\S+) (?P<logger>\S+): (?P<text>.*)$"
)
NEW_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ ")


def is_ignored(text):
    """Whether a complaint has nothing to do with the module."""
    return any(pattern.search(text) for pattern in IGNORED)


def names_module(text):
    """Whether a text speaks about the module."""
    return places.MODULE_NAME in text


def complaints_in(log_text, everything=False):
    """The warnings and errors in a log of Odoo's, with their tracebacks.

    Only those that name the module, unless everything is wanted.
    """
    found = []
    current = None
    for line in log_text.splitlines():
        if NEW_LINE.match(line):
            current = [line] if LINE.match(line) else None
            if current:
                found.append(current)
        elif current is not None:
            current.append(line)
    texts = ["\n".join(lines) for lines in found]
    return [text for text in texts if not is_ignored(text) and (everything or names_module(text))]


class LogGuard(logging.Handler):
    """Collects what is logged in this process from WARNING on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.texts = []

    def listen(self):
        """Hear everything that is logged and not muted by a test on purpose."""
        logging.getLogger().addHandler(self)

    def emit(self, record):
        """Remember one record; its origin counts as naming the module."""
        text = self.format(record)
        if names_module(record.pathname) and not names_module(text):
            text = f"{text} (from {record.pathname}:{record.lineno})"
        if record.name.startswith(("odoo", "py.warnings")) and not is_ignored(text):
            self.texts.append(text)

    def take(self, everything):
        """What was collected since the last time, and begin anew."""
        texts, self.texts = self.texts, []
        return texts if everything else [text for text in texts if names_module(text)]
