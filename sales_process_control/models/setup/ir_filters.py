from odoo import api, models
from odoo.tools import LazyTranslate

from .language import in_language_of_database

_lt = LazyTranslate(__name__)

MODULE = "sales_process_control"
#: Names of the favourites that the module installs, by XML id. Odoo stores one name of a favourite for all languages.
FAVOURITES = {
    "filter_pipeline_by_stage": _lt("Pipeline by stage and week"),
    "filter_movements_by_kind": _lt("Movements by kind and week"),
    "filter_won_and_lost": _lt("Won and lost by month"),
    "filter_pushed_out": _lt("Pushed out by salesperson"),
    "filter_conversion_by_salesperson": _lt("Conversion by stage and salesperson"),
    "filter_conversion_by_month": _lt("Conversion by stage and month"),
    "filter_lost_by_reason": _lt("Lost by stage and reason"),
    "filter_days_by_salesperson": _lt("Days by stage and salesperson"),
    "filter_days_by_month": _lt("Days by stage and month"),
    "filter_actions_taken": _lt("Sales actions done by salesperson"),
    "filter_win_rate_by_salesperson": _lt("Win rate by salesperson"),
    "filter_won_amount_by_team": _lt("Won amount by month and sales team"),
    "filter_lost_by_stage": _lt("Lost by month and stage"),
    "filter_promises_by_salesperson": _lt("Promises by salesperson"),
    "filter_hot_flag_outcomes": _lt("Outcomes by month"),
    "filter_reactions_by_action": _lt("Reactions by sales action"),
    "filter_skipped_stages": _lt("Skipped stages by salesperson"),
    "filter_moved_back": _lt("Moved back by stage and salesperson"),
    "filter_forecast_by_night": _lt("Forecast of the company, night by night"),
}


class IrFilters(models.Model):
    """Gives the favourites of the reports names in the language of the database."""

    _inherit = "ir.filters"

    @api.model
    def _name_ready_favourites(self):
        """Name those that still have their English names. Called by each installation and update."""
        native = in_language_of_database(self)
        for xml_id, name in FAVOURITES.items():
            favourite = self.env.ref(f"{MODULE}.{xml_id}", raise_if_not_found=False)
            if favourite and favourite.name == self.with_context(lang="en_US").env._(name):
                favourite.name = native.env._(name)
