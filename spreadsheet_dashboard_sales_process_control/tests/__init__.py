from . import test_dashboards
from . import test_dashboards_in_browser
from . import test_translations
