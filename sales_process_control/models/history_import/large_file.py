import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.exceptions import UserError

from ...history import SplitFile
from ...history.faults import UnreadableError
from . import fault_messages
from .history_plan import MOST_FAULTS

_logger = logging.getLogger(__name__)


class LargeFile:
    """Imports a text file of any size with little memory: part by part, see :class:`~...history.SplitFile`.

    New stages get their places by the part in which they first occur.

    :param importer: the model ``crm.history.importer``
    :param path: the file
    :param Options options: choices of the user
    """

    def __init__(self, importer, path, options):
        self._importer = importer
        self._path = Path(path)
        self._options = options

    def run(self, filename, progress=None, take_bad_lines=None):
        """Import the file; the parameters are those of :meth:`.CrmHistoryImporter.import_large_file`.

        :rtype: Outcome
        """
        with TemporaryDirectory() as directory:
            try:
                split = SplitFile(self._path, directory, self._options.settings)
            except UnreadableError as error:
                raise UserError(fault_messages.faults_message(self._importer.env, (error.fault,))) from None
            if not self._options.skip_bad:
                self._check(split)
            outcome = None
            for place, number in enumerate(split.parts):
                plan = self._importer.plan_part(split, number, self._options)
                outcome = self._import_part(plan, filename, outcome, _estimated(progress, outcome, split, place))
                if take_bad_lines and plan.bad_deals:
                    take_bad_lines(self._importer.bad_lines(plan), place)
                # The next part needs the memory of this one.
                self._importer.env.flush_all()
                self._importer.env.invalidate_all()
        if outcome is None:
            raise UserError(fault_messages.faults_message(self._importer.env, ()))
        return outcome

    def _check(self, split):
        """Check all parts before the first is imported, so that nothing is imported if there is a fault.

        :raises UserError: if there is one
        """
        found, has_deals = [], False
        for number in split.parts:
            plan = self._importer.plan_part(split, number, self._options)
            found += plan.faults
            has_deals = has_deals or bool(plan.good_deals)
            if len(found) > MOST_FAULTS:
                break
        if found or not has_deals:
            found.sort(key=lambda fault: fault.line)
            raise UserError(fault_messages.faults_message(self._importer.env, found))

    def _import_part(self, plan, filename, outcome, progress):
        """Import a part; return the outcome, those of earlier parts included."""
        if not plan.good_deals:
            if outcome is None:
                return None
            return outcome._replace(skipped=outcome.skipped + len(plan.bad_deals))
        found = self._importer.run(plan, filename, progress, outcome and outcome.history)
        if outcome is None:
            return found
        return found._replace(
            created=outcome.created + found.created,
            extended=outcome.extended + found.extended,
            unchanged=outcome.unchanged + found.unchanged,
            left_alone=(*outcome.left_alone, *found.left_alone),
            skipped=outcome.skipped + found.skipped,
        )


def _estimated(progress, outcome, split, place):
    """Return a function that tells the progress in the whole file, of which only the parts so far are counted.

    :param progress: function of the deals that are done and of all deals; None to tell nothing
    :param int place: number of parts that are done
    """
    before = outcome.created + outcome.extended if outcome else 0

    def tell(done, total):
        left = len(split.parts) - place - 1
        progress(before + done, before + total + left * total)

    return tell if progress else None
