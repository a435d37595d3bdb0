"""Run a script with an Odoo environment. `working.run_in_odoo` starts this file.

The script has the globals `env` (superuser; committed if the script ends without an error), `registry` and `arguments`.
Its arguments are also in `sys.argv`. As always in Python, it can import the files beside it.
"""

import runpy
import sys
from pathlib import Path


def main(database, script, *arguments):
    """Load the database's registry and run the script."""
    import odoo
    import odoo.modules.registry
    import odoo.tools

    odoo.tools.config.parse_config(["--log-level=warn", "--no-http"], setup_logging=True)
    registry = odoo.modules.registry.Registry(database)
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(Path(script).resolve().parent))
    with registry.cursor() as cursor:
        environment = odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {})
        names = {"env": environment, "registry": registry, "arguments": list(arguments)}
        runpy.run_path(script, init_globals=names, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
