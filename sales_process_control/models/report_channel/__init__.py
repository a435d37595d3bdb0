"""Digests in the office's own channel: the weekly report, or that of a day, in Discuss or by an incoming webhook.

Start with `crm_report_destination.py`: where a digest goes, and whose rights count. `crm_report_delivery.py` is the
log: a row for each digest, which is posted at most once. `delivery_sender.py` is the job. The content is that of the
weekly report (`weekly_report`), nothing is computed here.

Without Odoo: `message_formats.py` has the JSON of each program, `webhook_post.py` posts it, `webhook_answers.py` says
what an answer means, `digest_schedule.py` what is due.

`digest_digest.py` has the figures of Odoo's own digest. See docs/definitions.md, Digests.
"""

from . import crm_report_delivery
from . import crm_report_destination
from . import crm_team
from . import digest_digest
from . import res_users
