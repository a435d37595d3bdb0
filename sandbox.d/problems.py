"""What ends a command: one line for the person at the terminal."""


class Problem(Exception):
    """The surroundings are not good enough; the message says what to do.

    `sandbox` prints it as one line and exits with code 2.
    """
