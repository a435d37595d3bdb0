"""Sentences about an import: how many faults there are, and what was done. In the language of the user."""

from ..models.recording.text_lists import joined_first_names

#: Names that a message or the preview lists.
MOST_NAMES = 50


def fault_text(env, count):
    """Return how many faults stop the import."""
    if count == 1:
        return env._("1 error: nothing is imported until it is corrected or left out.")
    return env._("%s errors: nothing is imported until they are corrected or left out.", count)


def doubtful_text(env, names):
    """Return the question what names stand for.

    :param list names: names of stages in the file
    """
    shown = joined_first_names(env, names[:MOST_NAMES], len(names))
    return env._("Are the choices for these names correct? %s", shown)


def names_with_counts(env, counts):
    """Return names with their numbers of opportunities, the highest number first: "Anna (12), Ben (3)"."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    names = [env._("%(name)s (%(count)s)", name=name, count=count) for name, count in ordered[:MOST_NAMES]]
    return joined_first_names(env, names, len(ordered))


def result_text(env, outcome, left):
    """Return what was done, one sentence a line.

    :param Outcome outcome: what the import has done
    :param int left: number of opportunities that are left since the import was stopped
    """
    lines = [_left_text(env, left)] if left else []
    lines.append(_created_text(env, outcome.created))
    if outcome.extended:
        lines.append(_extended_text(env, outcome.extended))
    if outcome.unchanged:
        lines.append(_unchanged_text(env, outcome.unchanged))
    if outcome.left_alone:
        lines.append(_left_alone_text(env, outcome.left_alone))
    if outcome.skipped:
        lines.append(_skipped_text(env, outcome.skipped))
    return "\n".join(lines)


def _left_text(env, count):
    if count == 1:
        return env._("Stopped: 1 opportunity is left. Import the same file again to add it.")
    return env._("Stopped: %s opportunities are left. Import the same file again to add them.", count)


def _created_text(env, count):
    if count == 1:
        return env._("1 opportunity was imported.")
    return env._("%s opportunities were imported.", count)


def _extended_text(env, count):
    if count == 1:
        return env._("1 opportunity of an earlier import was updated.")
    return env._("%s opportunities of earlier imports were updated.", count)


def _unchanged_text(env, count):
    if count == 1:
        return env._("1 opportunity was already imported, and the file has nothing new on it.")
    return env._("%s opportunities were already imported, and the file has nothing new on them.", count)


def _left_alone_text(env, deals):
    names = joined_first_names(env, deals[:MOST_NAMES], len(deals))
    if len(deals) == 1:
        return env._("1 opportunity was changed in Odoo since its import, and is not updated: %s", names)
    return env._(
        "%(count)s opportunities were changed in Odoo since their import, and are not updated: %(names)s",
        count=len(deals),
        names=names,
    )


def _skipped_text(env, count):
    if count == 1:
        return env._("1 opportunity was left out because of errors.")
    return env._("%s opportunities were left out because of errors.", count)
