"""A mark on the cursor while the job gives alerts. A remote caller can send any key of the context."""

from contextlib import contextmanager

#: Key in the data of `cr.postcommit`.
ALERTING = "sales_process_control.alerting"


@contextmanager
def alerting(cr):
    """Mark the cursor: activities that are created now subscribe nobody to the messages of a deal."""
    cr.postcommit.data[ALERTING] = True
    try:
        yield
    finally:
        cr.postcommit.data.pop(ALERTING, None)


def is_alerting(cr):
    return ALERTING in cr.postcommit.data
