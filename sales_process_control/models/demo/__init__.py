from . import crm_hot_demo
from . import crm_pipeline_demo
from . import crm_progress_demo
from . import crm_workbench_demo
