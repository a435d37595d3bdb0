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
        """SQL("%s AND message.write_uid IN (message.create_uid, %s)", self._messages_source(), SUPERUSER_ID)""",
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
        "hole: columns in the import wizards of others",
        _FILES,
        _rule("model_crm_stage_history_import_column", "[('import_id.create_uid', '=', user.id)]"),
        _rule("model_crm_stage_history_import_column", _ALL),
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: deals in the import wizards of others",
        _FILES,
        _rule("model_crm_stage_history_import_deal", "[('import_id.create_uid', '=', user.id)]"),
        _rule("model_crm_stage_history_import_deal", _ALL),
        ("test_history_import_access",),
    ),
    Mutation(
        "hole: choices of imports of other companies",
        _FILES,
        _rule("model_crm_history_mapping", "[('company_id', 'in', company_ids)]"),
        _rule("model_crm_history_mapping", _ALL),
        ("test_history_import_steps",),
    ),
    Mutation(
        "hole: records are given to another company",
        "models/recording/crm_write_check_mixin.py",
        """self.check_access("write")""",
        "pass",
        ("test_write_check", "test_history_import_access"),
    ),
    Mutation(
        "hole: copies are not gated",
        _GATE,
        "is_checked = self._may_move_on(vals) and not self._is_ungated()",
        "is_checked = False",
        ("test_leaving",),
    ),
    Mutation(
        "hole: resellers are not gated",
        _GATE,
        "(self.env.su and not self._is_of_reseller())",
        "self.env.su",
        ("test_leaving_access",),
    ),
    Mutation(
        "hole: resellers learn which steps are open",
        _GATE,
        """self.sudo(False).check_access("write")""",
        """self.check_access("write")""",
        ("test_leaving_access",),
    ),
    Mutation(
        "hole: the budget of deals that are resold",
        "models/progress/crm_lead.py",
        """groups=GROUP_INTERNAL,
        help="What the customer can spend, if known. Empty or zero if not known.",""",
        """help="What the customer can spend, if known. Empty or zero if not known.",""",
        ("test_portal_reseller",),
    ),
    Mutation(
        "hole: hot deals that are resold",
        "models/hot/crm_lead.py",
        """groups=GROUP_INTERNAL,
        help="The customer is about to act: there is an open hot flag.",""",
        """help="The customer is about to act: there is an open hot flag.",""",
        ("test_portal_reseller",),
    ),
    Mutation(
        "hole: nobody knows whose promise it was",
        "models/hot/crm_hot_flag.py",
        """REVISED_FIELDS = ("note", "due_date", "amount", "user_id")""",
        """REVISED_FIELDS = ("note", "due_date", "amount")""",
        ("test_company_change",),
    ),
    Mutation(
        "hole: deals in the popover of a flag",
        "models/hot/crm_hot_flag_settling.py",
        """flag.lead_id.id if flag.lead_id in readable else False""",
        """flag.lead_id.id""",
        ("test_hot_access",),
    ),
    Mutation(
        "hole: rates of few deals of others",
        "report/crm_stage_conversion_statistics.py",
        """if count_settled(statistics) - known.get(statistics["stage_id"], 0) >= ENOUGH""",
        """if count_settled(statistics) >= ENOUGH""",
        ("test_review_stages_access", "test_workbench_conversion"),
    ),
    Mutation(
        "hole: lengths of few visits of others",
        "models/review/stages_reader.py",
        "if Dwell(counts).ended - Dwell(known.get(stage_id, ())).ended >= ENOUGH",
        "if Dwell(counts).ended >= ENOUGH",
        ("test_review_stages_access",),
    ),
    Mutation(
        "hole: chances of a company with all digits",
        "security/ir.model.access.csv",
        "model_crm_stage_chance,sales_team.group_sale_salesman_all_leads,",
        "model_crm_stage_chance,sales_team.group_sale_salesman,",
        ("test_lead_chance",),
    ),
    Mutation(
        "hole: a preselected step that is no id",
        "wizard/crm_lead_progress_dialog.py",
        """next((choice["id"] for choice in lead._step_choices() if choice["id"] == wanted), False)""",
        "wanted",
        ("test_progress_dialog_input",),
    ),
    Mutation(
        "hole: no bound on the cells of a table",
        "models/recording/rpc_domain.py",
        "    check_count(env, len(texts), most)\n",
        "",
        ("test_large_domains",),
    ),
    Mutation(
        "hole: names of hidden deals that stay when an import is taken back",
        "models/history_import/crm_imported_history.py",
        """readable = kept._filtered_access("read")""",
        "readable = kept",
        ("test_history_import_again",),
    ),
    Mutation(
        "hole: one large amount ends the forecast",
        "models/forecast/forecast_snapshot.py",
        "GREATEST(LEAST(COALESCE(%(amount)s, 0), %(most)s), -%(most)s)::float8",
        "COALESCE(%(amount)s, 0)::float8",
        ("test_large_amounts",),
    ),
    Mutation(
        "hole: one large amount ends the deal review",
        "models/deal_review/crm_deal_review.py",
        "round(float(closing - amount), 2)",
        "float(round(closing - amount, 2))",
        ("test_large_amounts",),
    ),
    Mutation(
        "hole: a company without a forecast stops the others",
        "models/forecast/forecast_store.py",
        "except Exception as error:",
        "except NotImplementedError as error:",
        ("test_large_amounts",),
    ),
    Mutation(
        "hole: colleagues change the author before an installation",
        "models/progress/crm_progress_past.py",
        "recorder._untouched_messages_source()",
        "recorder._messages_source()",
        ("test_customer_messages",),
    ),
    Mutation(
        "hole: alerts of a deal that went to another company",
        "security/crm_deal_alert_security.xml",
        ", ('is_elsewhere', '=', False)]",
        "]",
        ("test_company_change",),
    ),
    Mutation(
        "hole: chances of all companies in one transaction",
        "models/chance/crm_stage_chance.py",
        """self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining) > 0""",
        "remaining >= 0",
        ("tests/test_jobs.py",),
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
        "hole: records are given to another company",
    )
)
