"""What screens have in common: blocks that are read one by one, and rows of deals.

Here belong the base of blocks, with the numbers that open records, the base of screens with filters, the rows of deals
that several screens show, and what dialogs on screens do with a deal: find it, and move it to its next stage.
What only one screen shows belongs in the room of that screen. Start with ``crm_screen_block.py``.
"""

from . import crm_lead
from . import crm_screen_block
from . import crm_screen_deals
from . import crm_screen_query
from . import crm_screen_sellers
