"""The Process Review: the page on which a manager sees where the process goes wrong, and where it goes well.

Here belong the blocks of the page and the texts of its sentences. The numbers themselves are computed by the reports
and by ``statistics/``. Start with `get_review` in ``crm_process_review.py``, then ``review_scope.py``, the time and the
deals that a review is about. Each ``crm_review_<key>.py`` is a block.
"""

from . import crm_review_block
from . import crm_process_review
from . import crm_review_details
from . import crm_review_doubtful
from . import crm_review_results
from . import crm_review_sellers
from . import crm_review_stages
from . import crm_review_trust
from . import crm_stage_visit
