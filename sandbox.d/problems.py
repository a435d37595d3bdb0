"""The exception that ends a command with a message for the user."""


class Problem(Exception):
    """The machine or the arguments do not meet a requirement. The message says what to do.

    `sandbox` prints the message in one line and exits with code 2.
    """
