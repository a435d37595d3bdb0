"""What a person has chosen about how a file is read, apart from what was found in it.

Only choices are kept, not what was found: what nobody has chosen is looked for in the next file of the same headings.
"""

from typing import NamedTuple

from ...history import BY_DEAL, BY_EVENT, BY_STAGE, DATE_ORDERS, DECIMALS, ENCODINGS, ENDS, MEANINGS, Settings
from ...history.settings import REPEATABLE
from ..recording.numbers import is_id

#: Single choices, by the name of the setting: the values that they can have; None for any text.
VALUES = {
    "encoding": ENCODINGS,
    "layout": (BY_EVENT, BY_STAGE, BY_DEAL),
    "date_order": DATE_ORDERS,
    "decimal": DECIMALS,
    "zone": None,
}


class Choices(NamedTuple):
    """Choices about a file. What is empty is found in the file.

    :param encoding: as in :class:`~...history.Settings`; layout, date_order, decimal and zone likewise
    :param columns: {index of a column: its meaning}; empty for a column that is ignored
    :param ends: {name key of a stage: what it stands for}
    :param stages: {name key of a stage: id of the stage in Odoo; 0 for a new one}
    """

    encoding: str = ""
    layout: str = ""
    date_order: str = ""
    decimal: str = ""
    zone: str = ""
    columns: dict[int, str] = {}
    ends: dict[str, str] = {}
    stages: dict[str, int] = {}

    def __bool__(self):
        return any(self)

    def settings(self, columns=()):
        """Return the settings.

        :param columns: the meanings of all columns; empty as found
        :rtype: Settings
        """
        return Settings(
            self.encoding,
            self.layout,
            tuple(columns),
            self.date_order,
            self.decimal,
            self.zone,
            tuple(self.ends.items()),
        )

    def as_json(self):
        """Return what is chosen as values of JSON, without what is empty."""
        values = {name: value for name, value in self._asdict().items() if value}
        if self.columns:
            # JSON has no numbers as keys.
            values["columns"] = {str(index): meaning for index, meaning in self.columns.items()}
        return values


def choices_from_json(values, zones=()):
    """Return the choices in values of JSON. What is not understood is left out, since a program can write it.

    :param values: what :meth:`Choices.as_json` has returned
    :param zones: the time zones that can be chosen
    :rtype: Choices
    """
    values = values if isinstance(values, dict) else {}
    single = {}
    for name, known in {**VALUES, "zone": zones}.items():
        value = values.get(name)
        if isinstance(value, str) and value in known:
            single[name] = value
    return Choices(
        **single,
        columns={
            int(index): meaning
            for index, meaning in _pairs(values, "columns")
            if len(index) < 6 and index.isdecimal() and meaning in ("", *MEANINGS)
        },
        ends={key: kind for key, kind in _pairs(values, "ends") if kind in ENDS},
        stages={
            key: stage_id
            for key, stage_id in _pairs(values, "stages")
            if is_id(stage_id) or (type(stage_id) is int and not stage_id)
        },
    )


def _pairs(values, name):
    found = values.get(name)
    return [(str(key), value) for key, value in found.items()] if isinstance(found, dict) else []


def meanings_of(found, chosen):
    """Return the meaning of each column.

    A meaning that a person has given to a column is taken from the column in which it was found.

    :param found: the meanings as found, in the order of the columns
    :param dict chosen: {index: meaning}
    :rtype: tuple[str, ...]
    """
    taken = set(chosen.values()) - REPEATABLE
    return tuple(chosen.get(index, "" if meaning in taken else meaning) for index, meaning in enumerate(found))


def examine_as_chosen(importer, content, options, choices):
    """Examine a file as a person has chosen.

    The file is read twice if meanings of columns were chosen: what the others mean depends on the layout and encoding.

    :param importer: ``crm.history.importer``
    :param bytes content: the file
    :param Options options: choices about the import
    :param Choices choices: choices about the file
    :rtype: Plan
    """
    plan = importer.examine(content, options._replace(settings=choices.settings()))
    columns = plan.reading.look.columns
    if not choices.columns or not columns:
        return plan
    meanings = meanings_of([column.meaning for column in columns], choices.columns)
    return importer.examine(content, options._replace(settings=choices.settings(meanings)))
