import gzip
from pathlib import Path

from odoo.addons.base.models.assetsbundle import rjsmin
from odoo.tests import TransactionCase, tagged

#: What every page of Odoo may load of this module, in bytes after compression.
MOST = 30 * 1024


@tagged("post_install", "-at_install")
class TestAssets(TransactionCase):
    """Screens are loaded when they are opened; what every page loads stays small."""

    def own_files(self, bundle):
        """The files of this module in a bundle, by their addresses."""
        paths = self.env["ir.asset"]._get_asset_paths(bundle, {})
        return {url: Path(full) for url, full, *_more in paths if url.startswith("/sales_process_control/")}

    def test_what_every_page_loads(self):
        files = self.own_files("web.assets_backend")
        self.assertTrue(files)
        texts = [
            rjsmin(path.read_text(encoding="utf-8")) if path.suffix == ".js" else path.read_text(encoding="utf-8")
            for path in files.values()
        ]
        self.assertLess(len(gzip.compress("".join(texts).encode())), MOST)

    def test_the_workbench_is_loaded_when_it_is_opened(self):
        lazy, main = self.own_files("sales_process_control.assets_workbench"), self.own_files("web.assets_backend")
        self.assertIn("/sales_process_control/static/src/workbench/workbench.js", lazy)
        self.assertIn("/sales_process_control/static/src/workbench_action/workbench_action.js", main)
        self.assertFalse(lazy.keys() & main.keys())
        self.assertFalse([url for url in main if "/static/src/workbench/" in url])
