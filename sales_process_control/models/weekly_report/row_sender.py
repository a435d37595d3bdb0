"""What jobs share that send something once: each thing is a row before it is sent. No models."""

from odoo.exceptions import UserError

from ..recording.database_errors import is_lost


class RowSender:
    """Sends rows, each in transactions of its own. The methods that are missing here are those of the subclass.

    :param Environment env: in superuser mode
    """

    def __init__(self, env):
        self.env = env
        #: The instant at which the run began, naive in UTC.
        self.started = env.cr.now()
        #: Commits; set by :meth:`run`.
        self.commit = None

    def run(self, progress):
        """Send what is due.

        :param progress: commits, and returns how many seconds are left, see `ir.cron._commit_progress`
        """
        self.commit = progress
        self._look_after_sent()
        self._add_due()
        waiting, total = self._find_waiting()
        progress(remaining=total)
        for row in waiting:
            if self._claim(row):
                progress()  # commits: an attempt counts also if the job is killed during it
                self._send(row)
            self.env.invalidate_all()
            if not progress(1):
                break
        self._after_run()

    def _look_after_sent(self):
        """Note what became of rows of earlier runs."""
        raise NotImplementedError

    def _add_due(self):
        """Add a row for each thing that is due, unless there is one."""
        raise NotImplementedError

    def _find_waiting(self):
        """Return the first rows that may be sent now, and how many there are.

        :rtype: tuple
        """
        raise NotImplementedError

    def _claim(self, row):
        """Count an attempt at a row. The caller commits.

        :return: whether to go on: no other worker has the row, and it was not begun too often
        """
        raise NotImplementedError

    def _send(self, row):
        """Send a row. A failure is stored as the reason."""
        raise NotImplementedError

    def _reader_of(self, row):
        """Return the user who is to read why a row was not sent, empty if there is nobody."""
        raise NotImplementedError

    def _words(self, row):
        """Return the environment for reasons of a row: in the language of the reader, which the job has not."""
        return row.with_context(lang=self._reader_of(row).lang).env

    def _after_run(self):
        """Do what has to be done once after the rows of a run."""

    def _raise_if_lost(self, error):
        """Raise an error if the connection to the database is lost: nothing can go on."""
        if is_lost(self.env.cr, error):
            raise error

    @staticmethod
    def _readable_reason(error, general):
        """Return what those may read of an error who read the reason.

        Other messages than those for users may tell something that they may not read. They are in the log.

        :param str general: text with a place for the kind of error
        """
        is_plain = type(error) is UserError  # pylint: disable=unidiomatic-typecheck
        return str(error) if is_plain else general % type(error).__name__
