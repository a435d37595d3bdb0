"""Holes that were closed, each opened again. `mutations.py` puts them into the code."""

from mutation_table import Mutation

_FILES = "security/crm_imported_history_security.xml"
_ROW = "models/recording/crm_lead_row_mixin.py"
_COMPUTED = "models/recording/crm_computed_fields_mixin.py"
_GATE = "models/playbook/crm_lead.py"
_OWNER = "models/hot/crm_hot_flag_owner.py"
_OWN = "['|', ('lead_id.user_id', '=', user.id), ('lead_id.user_id', '=', False)]"
_ALL = "[(1, '=', 1)]"


def _rule(model, domain):
    """Return the text of a record rule from its model on."""
    return f"""<field name="model_id" ref="{model}" />\n        <field name="domain_force">{domain}</field>"""


#: By what people could read or do before they were closed.
HOLES = (
    Mutation(
        "hole: import wizards of others",
        _FILES,
        _rule("model_crm_stage_history_import", "[('create_uid', '=', user.id)]"),
        _rule("model_crm_stage_history_import", _ALL),
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: stages of the import wizards of others",
        _FILES,
        _rule("model_crm_stage_history_import_stage", "[('import_id.create_uid', '=', user.id)]"),
        _rule("model_crm_stage_history_import_stage", _ALL),
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: faults in the import wizards of others",
        _FILES,
        _rule("model_crm_stage_history_import_fault", "[('import_id.create_uid', '=', user.id)]"),
        _rule("model_crm_stage_history_import_fault", _ALL),
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: names of hidden deals",
        "models/recording/crm_lead.py",
        """stored.sudo(False)._filtered_access("read")""",
        """stored._filtered_access("read")""",
        ("test_hidden_names",),
    ),
    Mutation(
        "hole: names of hidden deals in groups",
        _ROW,
        "rows = self._with_names_for_reader()",
        "rows = self",
        ("test_hidden_names",),
    ),
    Mutation(
        "hole: names of hidden deals in an export",
        _ROW,
        "for row in self._with_names_for_reader()}",
        "for row in self}",
        ("test_hidden_names",),
    ),
    Mutation(
        "hole: order of hidden deals",
        _ROW,
        """"lead_id.id" if field_name == "lead_id" else field_name""",
        "field_name",
        ("test_hidden_names",),
    ),
    Mutation(
        "hole: computed fields are written",
        _COMPUTED,
        "vals if self.env.su else self._without_computed_fields(vals)",
        "vals",
        ("test_computed_fields",),
    ),
    Mutation(
        "hole: computed fields have defaults",
        _COMPUTED,
        "[name for name in fields if name not in computed]",
        "list(fields)",
        ("test_computed_fields",),
    ),
    Mutation(
        "hole: last progress is written",
        "models/progress/crm_lead.py",
        "super()._computed_field_names() | PROGRESS_FIELDS",
        "super()._computed_field_names()",
        ("test_computed_fields",),
    ),
    Mutation(
        "hole: one changed deal stops a take-back",
        "models/history_import/crm_imported_history.py",
        "if reasons and not deleted:",
        "if reasons:",
        ("test_history_import_again",),
    ),
    Mutation(
        "hole: deals are given to an import",
        "models/history_import/crm_lead.py",
        "return super()._computed_field_names() | WRITTEN_BY_IMPORT",
        "return super()._computed_field_names()",
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: won status is not gated",
        _GATE,
        """return "stage_id" in vals or vals.get("won_status") == WON""",
        """return "stage_id" in vals""",
        ("test_leaving",),
    ),
    Mutation(
        "hole: merges are not gated",
        _GATE,
        "self._warn_of_open_steps(self._check_stage_gate_for_merge())",
        "pass",
        ("test_leaving",),
    ),
    Mutation(
        "hole: files of managers are not gated",
        _GATE,
        "        return super(CrmLead, self.with_context(**{IMPORTING: True})).load(fields, data)\n",
        "        with ungated(self.env.cr):\n            return super().load(fields, data)\n",
        ("test_leaving_detours",),
    ),
    Mutation(
        "hole: pace of deals that are resold",
        "models/pace/crm_lead.py",
        """groups=GROUP_INTERNAL,
        help="The facts that make an opportunity slow or stalled.",""",
        """help="The facts that make an opportunity slow or stalled.",""",
        ("test_portal_reseller",),
    ),
    Mutation(
        "hole: pace in a domain of a reseller",
        "models/pace/crm_lead.py",
        """        if field_expr in ("pace", "last_contact_at"):
            self._check_field_access(self._fields[field_expr], "read")
""",
        "",
        ("test_portal_reseller",),
    ),
    Mutation(
        "hole: colleagues speak for the customer",
        "models/progress/crm_progress_recorder.py",
        "(sender.id = %s OR sender.share)",
        "(sender.id = %s OR sender.active)",
        ("test_customer_messages",),
    ),
    Mutation(
        "hole: colleagues change the author",
        "models/progress/crm_progress_recorder.py",
        """SQL("%s AND message.write_uid = message.create_uid", self._messages_source())""",
        "self._messages_source()",
        ("test_customer_messages",),
    ),
    Mutation(
        "hole: visits of a deal that went to another company",
        "security/crm_stage_visit_security.xml",
        ", ('is_elsewhere', '=', False)]",
        "]",
        ("test_company_change",),
    ),
    Mutation(
        "hole: flags have a team of another company",
        _OWNER,
        "return not team.company_id or not company or team.company_id == company",
        "return True",
        ("test_company_change",),
    ),
    Mutation(
        "hole: promises are handed over",
        _OWNER,
        "if is_handed_over and not self.env.user.has_group(GROUP_SALES_MANAGER):",
        "if is_handed_over and not self.env.user._is_internal():",
        ("test_company_change",),
    ),
    Mutation(
        "hole: full precision of shares",
        "models/funnel/funnel_money.py",
        """"value": value if has_counts else whole_percents(value),""",
        """"value": value,""",
        ("test_funnel_access",),
    ),
    Mutation(
        "hole: shares of few deals",
        "models/funnel/funnel_money.py",
        "if company.of_others >= ENOUGH)",
        "if company.of_others > 0)",
        ("test_funnel_access",),
    ),
    Mutation(
        "hole: no bound on the values of a filter",
        "models/recording/rpc_domain.py",
        "    check_count(model.env, _count_values(domain))\n",
        "",
        ("test_large_domains",),
    ),
    Mutation(
        "hole: workbooks that name a far row",
        "history/sheets.py",
        "if line > LAST_LINE:",
        "if line < 0:",
        ("test_history_limits",),
    ),
    Mutation(
        "hole: very large amounts",
        "models/recording/numbers.py",
        "return 0 <= as_float(value) <= LARGEST_AMOUNT",
        "return 0 <= as_float(value)",
        ("test_odd_values", "test_budget"),
    ),
    Mutation(
        "hole: searches for a number with a list",
        "models/recording/number_search.py",
        "except (TypeError, ValueError, OverflowError):",
        "except ValueError:",
        ("test_odd_values", "test_odd_arguments"),
    ),
    Mutation(
        "hole: stage as a floating point number",
        "models/recording/crm_lead.py",
        "isinstance(vals[name], float) and vals[name].is_integer()",
        "isinstance(vals[name], str) and vals[name].isdigit()",
        ("test_odd_values",),
    ),
    Mutation(
        "hole: formulas in lines left out",
        "history/cells.py",
        "[=+\\\\-@",
        "[+\\\\-@",
        ("test_history_reading", "test_history_import_preview"),
    ),
    Mutation(
        "hole: plannings of others",
        "security/crm_lead_progress_security.xml",
        _rule(
            "model_crm_planned_activity", "['|', ('lead_id.user_id', '=', user.id), ('lead_id.user_id', '=', False)]"
        ),
        _rule("model_crm_planned_activity", _ALL),
        ("test_progress_access",),
    ),
    Mutation(
        "hole: mails that anybody passes to the gateway",
        "models/progress/mail_thread.py",
        "is_automatic(message) or not self.env.is_system()",
        "is_automatic(message)",
        ("test_customer_messages",),
    ),
    Mutation(
        "hole: a word of the customer that a merge moves",
        "models/progress/crm_lead.py",
        """._record_before_move(opportunities.sudo().message_ids)""",
        """._record_before_move(self.message_ids)""",
        ("test_customer_messages",),
    ),
    Mutation(
        "hole: deals of customers that are hidden",
        "models/screen/crm_lead.py",
        """return self.env["res.partner"].search(""",
        """return self.env["res.partner"].sudo().search(""",
        ("test_deal_search",),
    ),
    Mutation(
        "hole: weekly reports of others",
        "models/weekly_report/crm_weekly_report.py",
        "if report.user_id != self.env.user:",
        "if not report.user_id:",
        ("test_weekly_report",),
    ),
    Mutation(
        "hole: alerts of colleagues",
        "security/crm_deal_alert_security.xml",
        "['|', ('user_id', '=', user.id), ('team_id.user_id', '=', user.id)]",
        _ALL,
        ("test_alert_access",),
    ),
)

#: Some of them once more, to be found by the attack alone: it knows no single hole.
ATTACKED = tuple(
    hole._replace(name=hole.name.replace("hole", "attack"), tests=("test_attack_table",))
    for hole in HOLES
    if hole.name
    in (
        "hole: import wizards of others",
        "hole: names of hidden deals",
        "hole: computed fields are written",
        "hole: pace of deals that are resold",
        "hole: visits of a deal that went to another company",
    )
)
