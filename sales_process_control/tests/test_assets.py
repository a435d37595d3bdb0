import gzip
from pathlib import Path

from odoo.addons.base.models.assetsbundle import rjsmin
from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

#: What every page of Odoo may load of this module, in bytes after compression.
MOST = 30 * 1024
BUNDLE, STATIC = "sales_process_control.assets_", "/sales_process_control/static/src"


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

    def test_screens_are_loaded_when_they_are_opened(self):
        main = self.own_files("web.assets_backend")
        self.assertIn(f"{STATIC}/screen_actions/screen_actions.js", main)
        bundles = {name for name in Manifest.for_addon("sales_process_control")["assets"] if name.startswith(BUNDLE)}
        screens = {name.removeprefix(BUNDLE) for name in bundles}
        self.assertIn("workbench", screens)
        for screen in sorted(screens):
            with self.subTest(screen):
                lazy = self.own_files(f"{BUNDLE}{screen}")
                self.assertTrue([url for url in lazy if url.startswith(f"{STATIC}/{screen}/") and url.endswith(".js")])
                self.assertFalse(lazy.keys() & main.keys())
                self.assertFalse([url for url in main if url.startswith(f"{STATIC}/{screen}/")])

    def test_only_the_chart_library_of_odoo_is_loaded(self):
        """What enlarges it comes in a bundle of its own, after it, with the licences of what it is made of."""
        (plugin,) = self.own_files("sales_process_control.chart_funnel_lib").values()
        self.assertTrue({"LICENSE", "LICENSE.chroma-js"} <= {path.name for path in plugin.parent.iterdir()})
        self.assertNotIn("https://www.chartjs.org", plugin.read_text(encoding="utf-8"))
        for bundle in ("web.assets_backend", "sales_process_control.assets_funnel"):
            self.assertFalse([url for url in self.own_files(bundle) if "/lib/" in url])
