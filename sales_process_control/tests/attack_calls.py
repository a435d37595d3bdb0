"""The calls of the attack on a model: what Odoo's client and other programs send, by the fields of the model."""

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .attack_common import KEPT, LARGE
from .introspection import own_fields

#: Rows of a model that are tried one by one.
MOST_ROWS = 5
#: The same for a reader without rights to the model.
FEW_ROWS = 3
#: Rows whose fields are written one by one.
MOST_WRITTEN = 2
TEXTS, NUMBERS = ("char", "text", "html"), ("integer", "float", "monetary")
RELATIONS = ("many2one", "one2many", "many2many")


class ModelCalls:
    """The calls of one reader on one model.

    :param case: the test, see :class:`.attack_common.AttackCase`
    :param str name: the name of the model
    :param bool is_own: whether the model is one of this module; of others only the fields of this module are tried
    """

    def __init__(self, case, name, *, is_own):
        self.case, self.name, self.is_own = case, name, is_own
        self.model = case.env[name].with_context(active_test=False)
        env = case.env(user=case.reader.id, su=False, context=case.usual_context)
        operations = ("read", "write", "create")
        self.may_read, self.may_write, self.may_create = (env[name].has_access(operation) for operation in operations)
        names = set(self.model._fields) if is_own else {"id", *own_fields(type(self.model))}
        try:
            with mute_logger("odoo.addons.base.models.ir_model"):
                described = env[name].fields_get()
        except AccessError:
            described = self.model.fields_get()
        self.fields = {field: described[field] for field in sorted(names) if field in described}
        self.forbidden = sorted(names - set(described))
        self.rows = self._rows()
        self.hidden_ids = case.hidden_leads()[:12:2].ids

    def _rows(self):
        """Return rows of as many deals and people as there are."""
        rows = self.model.browse() if self.model._abstract else self.model.search([], limit=400)
        if self.name == "crm.lead":
            return self.model.concat(*(deals[0] for deals in self.case.world.values()))
        found, seen = [], set()
        for row in rows:
            key = tuple(
                int(row[field]) for field in ("lead_ref", "lead_id", "res_id", "create_uid") if field in row._fields
            )
            if key not in seen or not any(key):
                seen.add(key)
                found.append(row.id)
        most = MOST_ROWS if self.may_read else FEW_ROWS
        return self.model.browse(found[:most] if len(found) > 1 else rows[:most].ids)

    @property
    def hidden_row(self):
        """A row that is not the reader's, if there is one."""
        of_lead = next((field for field in ("lead_ref", "lead_id", "res_id") if field in self.model._fields), "id")
        hidden = set(self.case.hidden_leads().ids)
        return self.rows.filtered(lambda row: int(row[of_lead]) in hidden)[:1] or self.rows[:1]

    def named(self, *types, **attributes):
        """Return the names of the fields of some types whose descriptions have these attributes."""
        return [
            field
            for field, described in self.fields.items()
            if (not types or described["type"] in types)
            and all(described.get(attribute) == value for attribute, value in attributes.items())
        ]

    @property
    def specification(self):
        """What a client asks for in a form: each relation with the names of its records."""
        return {
            field: {"fields": {"display_name": {}}} if described["type"] in RELATIONS else {}
            for field, described in self.fields.items()
        }

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def readings(self):
        """Yield (method, arguments, keyword arguments) of calls that read."""
        names, everything = list(self.fields), []
        yield "search_read", [everything], {"fields": names}
        yield "web_search_read", [everything, self.specification], {}
        yield "search_count", [everything], {}
        yield "fields_get", [], {}
        yield "get_views", [[[False, "list"], [False, "form"], [False, "search"]]], {}
        for field in self.forbidden:
            yield "search_read", [everything], {"fields": [field]}
            yield "search", [everything], {"order": field}
        for row in self.rows:
            yield "read", [[row.id], names], {}
            yield "web_read", [[row.id], self.specification], {}
        yield "export_data", [self.rows.ids, self._exported()], {}
        if self.is_own:
            yield from self._names()
        if self.may_read:
            for field in self.named(sortable=True):
                yield "search", [everything], {"order": f"{field} desc, id"}
            yield from self._groups()
            yield from self._panels()
        yield from self._forms()

    def _exported(self):
        # Odoo exports no external ids of reports.
        names = [field for field in self.fields if field != "id" and self.fields[field]["type"] != "binary"]
        return names + [f"{field}/display_name" for field in self.named(*RELATIONS)]

    def _names(self):
        yield "name_search", [], {}
        yield "name_search", ["Secret"], {"limit": None}
        yield "web_name_search", ["", {"display_name": {}}], {}
        for row in self.rows[:3]:
            yield "get_metadata", [[row.id]], {}
            yield "get_formview_action", [[row.id]], {}

    def _groups(self):
        """Groups by each field, with all sums."""
        sums = [f"{field}:sum" for field in self.named(*NUMBERS) if self.fields[field].get("aggregator") == "sum"]
        sums += ["__count"]
        for field in self.named(groupable=True):
            if field == "id" and not self.is_own:
                continue
            dated = self.fields[field]["type"] in ("date", "datetime")
            # It reads the groups by formatted_read_group.
            yield "web_read_group", [[], [f"{field}:month" if dated else field], sums], {}
        groups = [field for field in ("lead_id", "stage_id", "user_id") if field in self.named(groupable=True)]
        yield "formatted_read_group", [[], groups, sums], {}
        yield "formatted_read_grouping_sets", [[], [groups, groups[:1], []], sums], {}
        yield "read_group", [[], groups, groups], {"lazy": False}
        for field in self.named("selection", groupable=True):
            yield "read_progress_bar", [[], field, {"field": field, "colors": {"a": "success"}}], {}

    def _panels(self):
        for field in self.named("many2one", "selection", store=True):
            yield "search_panel_select_range", [field], {"enable_counters": True, "search_domain": []}
        for field in self.named("many2one", "many2many", "selection", store=True):
            yield "search_panel_select_multi_range", [field], {"enable_counters": True, "search_domain": []}

    def _forms(self):
        """New records, and what changes in a form once somebody else's record is chosen in it."""
        names = list(self.fields)
        yield "default_get", [names], {}
        yield "onchange", [[], {}, [], self.specification], {}
        for field in self.named("many2one"):
            target = self.fields[field]["relation"]
            for record_id in self.ids_of(target)[:2]:
                yield "onchange", [[], {field: record_id}, [field], self.specification], {}
                yield "default_get", [names], {"context": {f"default_{field}": record_id}}

    def ids_of(self, model):
        """Return ids of records that are not the reader's: of another company, of deals, or of what tells of deals."""
        if model == "crm.lead":
            return self.hidden_ids
        if model in self.case.foreign:
            return self.case.foreign[model].ids if self.may_write or self.may_create else []
        if not model.startswith("crm.") or model in ("crm.lost.reason", "crm.tag"):
            return []
        others = self.case.env[model].with_context(active_test=False)
        return others.search([], limit=40).ids[::10]

    # ------------------------------------------------------------
    # ASKING WHETHER
    # ------------------------------------------------------------

    def questions(self):
        """Yield domains that only records of others satisfy: an answer tells what their fields hold."""
        if not self.may_read:
            return
        for field in self.named(*TEXTS, *RELATIONS, searchable=True):
            named = self.case.env[self.fields[field]["relation"]] if field in self.named(*RELATIONS) else self.model
            if field in ("display_name", *self.named(*RELATIONS)) and not named._rec_name:
                continue  # A search by a name that does not exist finds everything.
            for path in (field, f"{field}.display_name") if field in self.named(*RELATIONS) else (field,):
                yield [[path, "ilike", KEPT]]
        if "lead_id" in self.fields:
            for path in ("lead_id.name", "lead_id.description", "lead_id.hot_note", "lead_id.partner_id.name"):
                yield [[path, "ilike", KEPT]]
            yield [["lead_id.expected_revenue", ">=", LARGE]]
            yield [["lead_id.customer_budget", ">=", LARGE]]
        for field in self.named("float", "monetary", searchable=True):
            yield ["|", [field, ">=", LARGE], [field, "<=", -LARGE]]

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def writings(self):
        """Yield (method, arguments, keyword arguments) of calls that write."""
        values = self.written()
        for row in self.rows[:8]:
            if self.is_own:
                yield "unlink", [[row.id]], {}
            yield "copy", [[row.id]], {}
            if "active" in row._fields:
                yield "action_archive", [[row.id]], {}
            yield "web_save", [[row.id], values, self.specification], {}
        for row in self.rows[:MOST_WRITTEN]:
            yield "write", [[row.id], values], {}
            for field, value in values.items() if self.may_write else ():
                yield "write", [[row.id], {field: value}], {}
        yield "create", [[values]], {}
        yield "create", [{}], {}
        yield "name_create", ["New"], {}
        for field, value in values.items() if self.may_create else ():
            yield "create", [[{field: value}]], {}
            if self.fields[field]["type"] == "many2one" and value:
                yield "web_save", [[], {field: value}, self.specification], {}
                yield "create", [[{}]], {"context": {f"default_{field}": value}}
        texts = [field for field in values if self.fields[field]["type"] not in ("one2many", "many2many", "binary")]
        for row in self.rows[:2]:
            yield "load", [[".id", *texts], [[str(row.id), *(str(values[field]) for field in texts)]]], {}
        yield "load", [texts, [[str(values[field]) for field in texts]]], {}
        if "lead_id" in self.fields and self.hidden_ids:
            yield "load", [["lead_id/.id"], [[str(self.hidden_ids[0])]]], {}

    def written(self):
        """Return a value for each field that can be written."""
        return {field: value for field in self.fields if (value := self.value_of(field)) is not None}

    def value_of(self, field):
        """Return a value for a field; for a relation, a record that is not the reader's."""
        described = self.fields[field]
        kind = described["type"]
        if field in ("id", "display_name", "create_uid", "create_date", "write_uid", "write_date"):
            return None
        if kind in RELATIONS:
            ids = self.ids_of(described["relation"])[:1]
            if kind == "many2one":
                return ids[0] if ids else False
            return [[4, ids[0]]] if ids else [[5]]
        if kind == "selection":
            return next((value for value, _label in described["selection"]), False)
        if kind == "reference":
            return f"crm.lead,{self.hidden_ids[0]}" if self.hidden_ids else False
        return {
            "char": "=1+1",
            "text": "<script>alert(1)</script>",
            "html": "<script>alert(1)</script>",
            "integer": 7,
            "float": 7.0,
            "monetary": 7.0,
            "boolean": True,
            "date": "2026-03-03",
            "datetime": "2026-03-03 03:03:03",
            "binary": "QQ==",
            "json": {"1": 1},
        }.get(kind)
