"""Find the warnings and errors that Odoo logs, in this process and in the logs of others."""

import logging
import re

import places

# Odoo logs this warning without the module as well.
IGNORED = (re.compile(r"Running as user 'root' is a security risk"),)
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>WARNING|ERROR|CRITICAL) (?P<database>\S+) (?P<logger>\S+): (?P<text>.*)$"
)
NEW_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ ")


def is_ignored(text):
    """Return whether a complaint is unrelated to the module."""
    return any(pattern.search(text) for pattern in IGNORED)


def names_module(text):
    """Return whether a text contains the name of an addon of this checkout."""
    # The names of all addons contain that of the module.
    return places.MODULE_NAME in text


def complaints_in(log_text, everything=False):
    """Return the warnings and errors in a log of Odoo, with their tracebacks.

    :param str log_text: the content of the log
    :param bool everything: whether to return all of them, or only those that name the module
    :rtype: list[str]
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
    """Collect the warnings and errors that are logged in this process."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.texts = []

    def listen(self):
        """Start to receive records. Records of loggers that a test has muted are not received."""
        logging.getLogger().addHandler(self)

    def emit(self, record):
        """Store one record. A record that is logged by the module's own code counts as naming the module."""
        text = self.format(record)
        if names_module(record.pathname) and not names_module(text):
            text = f"{text} (from {record.pathname}:{record.lineno})"
        if record.name.startswith(("odoo", "py.warnings")) and not is_ignored(text):
            self.texts.append(text)

    def take(self, everything):
        """Return the collected texts and clear them.

        :param bool everything: whether to return all of them, or only those that name the module
        """
        texts, self.texts = self.texts, []
        return texts if everything else [text for text in texts if names_module(text)]
