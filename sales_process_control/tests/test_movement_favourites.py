from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestMovementFavourites(PipelineCase):
    """The favourites of Pipeline Movements that the module installs."""

    def test_favourites(self):
        deal = self.make_deal(date_deadline="2026-04-01")
        self.pass_time(days=1)
        deal.write({"date_deadline": "2026-05-01"})
        deal.action_set_lost()
        self.env.cr.flush()
        action = self.env.ref("sales_process_control.crm_pipeline_movement_action")
        filters = self.env["ir.filters"].with_user(self.seller).get_filters("crm.pipeline.movement", action.id)
        ready = [favourite for favourite in filters if not favourite["user_ids"]]
        self.assertGreaterEqual(len(ready), 4)
        for favourite in ready:
            with self.subTest(favourite["name"]):
                # The web client cannot read a context of several lines.
                self.assertNotIn("\n", favourite["context"])
                context = safe_eval(favourite["context"])
                groups = self.Movement.with_user(self.seller).formatted_read_group(
                    safe_eval(favourite["domain"]), context["graph_groupbys"], [f"{context['graph_measure']}:sum"]
                )
                self.assertTrue(groups)
