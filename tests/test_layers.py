"""The folders of the module use each other only in the order of docs/house.md."""

from pathlib import Path

import layers
import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = """\
| rank | folder | what it holds |
| --- | --- | --- |
| 1 | `base/` | |
| 2 | `models/low/` | |
| 3 | `models/high/` | |
"""
LOW_MODEL = """\
class Low:
    _name = "low.model"
"""
HIGH_MODEL = """\
class High:
    _name = "high.model"
"""
#: Texts of a file in models/low that use models/high: (text, line of the use, what is used).
UPWARD = {
    "environment": ('x = env["high.model"]\n', 1, "high.model"),
    "environment of a record": ('def a(self):\n    return self.env["high.model"]\n', 2, "high.model"),
    "environment of another user": ('x = self.with_user(user).env["high.model"]\n', 1, "high.model"),
    "environment with another context": ('x = self.env(context={})["high.model"]\n', 1, "high.model"),
    "registry": ('x = self.env.registry["high.model"]\n', 1, "high.model"),
    "_inherit": ('class A:\n    _inherit = "high.model"\n', 2, "high.model"),
    "_inherit of several": (
        'class A:\n    _inherit = [\n        "low.model",\n        "high.model",\n    ]\n',
        4,
        "high.model",
    ),
    "_inherits": ('class A:\n    _inherits = {"high.model": "high_id"}\n', 2, "high.model"),
    "positional comodel": ('x = fields.Many2one("high.model", "Label")\n', 1, "high.model"),
    "comodel_name": ('x = fields.One2many(\n    comodel_name="high.model",\n)\n', 2, "high.model"),
    "comodel of an imported field": (
        'from odoo.fields import Many2many\n\nx = Many2many("high.model")\n',
        3,
        "high.model",
    ),
    "relative import": ("\nfrom ..high.tools import helper\n", 2, "models/high/tools/helper"),
    "relative import of the folder": ("from .. import (\n    high,\n)\n", 2, "models/high"),
    "import in a function": ("def a():\n    from ..high import tools\n", 2, "models/high/tools"),
    "absolute import": (
        "from odoo.addons.sales_process_control.models.high import tools\n",
        1,
        "models/high/tools",
    ),
    "import of a submodule": (
        "import json\nimport odoo.addons.sales_process_control.models.high.tools\n",
        2,
        "models/high/tools",
    ),
}
#: What a file of models/high may hold.
WITHIN_ORDER = '''\
"""Text that names high.model, low.model and env["high.model"]."""

import odoo.addons.crm.models.high
import odoo.addons.sales_process_control.models.low.low_model
from odoo.addons.sales_process_control.const import GROUP

from . import tools
from ...base import constants
from ..low.low_model import Low


class High:
    _name = "high.model"
    _inherit = ["low.model", "mail.thread"]
    _inherits = {"low.model": "low_id"}

    low_id = fields.Many2one("low.model")
    own_ids = fields.One2many(comodel_name="high.model")

    def a(self):
        return self.env["low.model"], self.env["high.model"], self.env["res.users"], {}["high.model"]
'''


def write_files(root, files):
    """Write files of the module, given as {path: text}."""
    for path, text in files.items():
        target = root / "sales_process_control" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a module of three folders and no use against their order."""
    house = tmp_path / layers.HOUSE
    house.parent.mkdir()
    house.write_text(HOUSE, encoding="utf-8")
    write_files(
        tmp_path,
        {
            "__init__.py": "",
            "const.py": "",
            "base/constants.py": "",
            "models/__init__.py": "from . import high, low\n",
            "models/low/low_model.py": LOW_MODEL,
            "models/high/high_model.py": HIGH_MODEL,
            "tests/test_all.py": 'from ..models import high, low\n\nx = env["high.model"]\n',
            "migrations/1.0/post-migrate.py": "",
        },
    )
    return tmp_path


def test_no_folder_uses_one_that_stands_after_it():
    uses = layers.upward_uses(ROOT)
    assert not uses, "Uses against the order of docs/house.md:\n" + "\n".join(map(str, uses))


def test_the_order_names_each_folder_with_python_once_and_no_other():
    order = layers.ordered_folders(ROOT)
    assert sorted(order) == sorted(layers.folders_with_python(ROOT))
    assert layers.files_without_folder(ROOT) == []


def test_the_table_of_hooks_names_the_rooms_that_extend_them():
    listed = layers.listed_hooks(ROOT)
    text = (ROOT / layers.HOUSE).read_text(encoding="utf-8")
    assert len(listed) == text.count("\n| `crm.")
    assert listed == layers.extending_rooms(ROOT, listed)


@pytest.mark.parametrize("name", UPWARD)
def test_a_use_against_the_order_is_found(checkout, name):
    text, line, target = UPWARD[name]
    write_files(checkout, {"models/low/wrong.py": text})
    assert [str(use) for use in layers.upward_uses(checkout)] == [
        f"sales_process_control/models/low/wrong.py:{line}: models/low uses {target} of models/high"
    ]


def test_all_uses_against_the_order_are_found_in_the_order_of_files_and_lines(checkout):
    wrong = 'x = env["high.model"], env["low.model"]\nfrom ..models.low import low_model\n'
    write_files(checkout, {"models/low/wrong.py": 'env["high.model"]\nenv["high.model"]\n', "base/wrong.py": wrong})
    found = [(use.path, use.line, use.used) for use in layers.upward_uses(checkout)]
    assert found == [
        ("base/wrong.py", 1, "models/high"),
        ("base/wrong.py", 1, "models/low"),
        ("base/wrong.py", 2, "models/low"),
        ("models/low/wrong.py", 1, "models/high"),
        ("models/low/wrong.py", 2, "models/high"),
    ]


def test_a_use_within_the_order_is_allowed(checkout):
    assert layers.upward_uses(checkout) == []
    write_files(checkout, {"models/high/right.py": WITHIN_ORDER})
    assert layers.upward_uses(checkout) == []


def test_a_model_belongs_to_the_first_folder_that_defines_it(checkout):
    extension = 'class Low:\n    _name = "low.model"\n    _inherit = ["low.model"]\n'
    write_files(checkout, {"models/high/extension.py": extension, "models/low/user.py": 'env["low.model"]\n'})
    assert layers.upward_uses(checkout) == []


def test_the_place_in_the_table_is_the_order(checkout):
    house = checkout / "docs/house.md"
    low, high = HOUSE.splitlines(keepends=True)[-2:]
    house.write_text(HOUSE.replace(low + high, high + low), encoding="utf-8")
    write_files(checkout, {"models/high/use.py": 'env["low.model"]\n'})
    assert [use.used for use in layers.upward_uses(checkout)] == ["models/low"]


def test_a_new_folder_and_a_file_beside_the_folders_are_noticed(checkout):
    assert layers.folders_with_python(checkout) == set(layers.ordered_folders(checkout))
    assert layers.files_without_folder(checkout) == []
    write_files(checkout, {"models/new/model.py": "", "models/low/part/model.py": "", "models/flat.py": ""})
    new = layers.folders_with_python(checkout) - set(layers.ordered_folders(checkout))
    assert new == {"models/new", "models/low/part"}
    assert layers.files_without_folder(checkout) == ["flat.py"]
