from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.exceptions import UserError

from ...history import Event, Reading, SplitFile
from ...history.faults import UnreadableError
from ..recording.text_lists import joined_names
from . import fault_messages
from .crm_history_matcher import HistoryMatcher
from .history_plan import MOST_FAULTS, Outcome

#: The order of stages is decided by about so many deals.
DECIDING_DEALS = 5_000


class UndecidedNamesError(UserError):
    """Raised for a file with names of stages that look like an end, if they are not to be taken as proposed.

    :ivar list stages: the names, as :class:`.StagePlan`
    """

    def __init__(self, message, stages):
        super().__init__(message)
        self.stages = stages


class LargeFile:
    """Imports a text file of any size with little memory: part by part, see :class:`~...history.SplitFile`.

    The file is read twice. The first time tells whether it has faults, and how deals went through the stages.

    :param importer: the model ``crm.history.importer``
    :param path: the file
    :param Options options: choices of the user
    """

    def __init__(self, importer, path, options):
        self._importer = importer
        self._path = Path(path)
        self._options = options
        # {((kind, stage), ...): number of deals}
        self._paths = Counter()
        self._team_ids = set()

    def run(self, filename, progress=None, take_bad_lines=None):
        """Import the file; the parameters are those of :meth:`.CrmHistoryImporter.import_large_file`.

        :rtype: Outcome
        """
        with TemporaryDirectory() as directory:
            try:
                split = SplitFile(self._path, directory, self._options.settings)
            except UnreadableError as error:
                raise self._error((error.fault,)) from None
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
        return outcome

    def _error(self, faults):
        return UserError(fault_messages.faults_message(self._importer.env, faults))

    def _check(self, split):
        """Read all parts before the first is imported, so that nothing is imported if there is a fault.

        :raises UserError: if there is one that cannot be left out, or nothing to import
        :raises UndecidedNamesError: if a person has to say first what names of stages stand for
        """
        if split.manner.faults:
            raise self._error(split.manner.faults)
        found, has_deals, undecided = {}, False, {}
        for number in split.parts:
            plan = self._importer.plan_part(split, number, self._options)
            if plan.reading.is_unreadable:
                raise self._error(plan.faults)
            if not self._options.skip_bad:
                found.update(dict.fromkeys(plan.faults[: MOST_FAULTS + 1]))
            for stage in plan.undecided:
                before = undecided.get(stage.key, stage._replace(deals=0))
                undecided[stage.key] = before._replace(deals=before.deals + stage.deals)
            has_deals = has_deals or bool(plan.good_deals)
            self._team_ids.update(plan.teams.values())
            for events in plan.good_deals.values():
                self._paths[tuple((event.kind, event.stage) for event in events if event.names_stage)] += 1
            if len(found) > MOST_FAULTS:
                break
        if found or not has_deals:
            raise self._error(sorted(found, key=lambda fault: fault.line))
        if undecided and not self._options.take_proposals:
            env = self._importer.env
            names = joined_names(env, (stage.name for stage in undecided.values()))
            message = env._("Nothing was imported. Stage, won or lost? %s", names)
            raise UndecidedNamesError(message, list(undecided.values()))

    def _with_all_stages(self, plan):
        """Return the plan of a part with the stages of the whole file, in the order in which most deals pass them."""
        reading = Reading(dict(self._typical_deals()), [], look=plan.reading.look)
        stages, order = HistoryMatcher(self._importer.env).plan_stages(reading, self._options, self._team_ids)
        return plan._replace(stages=stages, order=order)

    def _typical_deals(self):
        """Yield (deal, events) of a few deals that go through the stages as those of the file do."""
        each = max(1, sum(self._paths.values()) / DECIDING_DEALS)
        for number, (path, count) in enumerate(self._paths.items()):
            for copy in range(max(1, round(count / each))):
                deal = f"{number}.{copy}"
                yield (
                    deal,
                    [
                        Event(0, deal, kind, stage, datetime(1970, 1, 1) + timedelta(days=day))
                        for day, (kind, stage) in enumerate(path)
                    ],
                )

    def _import_part(self, plan, filename, outcome, progress):
        """Import a part; return the outcome, those of earlier parts included."""
        if not plan.good_deals:
            outcome = outcome or Outcome(self._importer.env["crm.imported.history"])
            return outcome._replace(skipped=outcome.skipped + len(plan.bad_deals))
        history = outcome and outcome.history
        found = self._importer.run(self._with_all_stages(plan), filename, progress, history)
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
