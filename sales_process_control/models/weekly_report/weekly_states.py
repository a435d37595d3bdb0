"""What becomes of a weekly report. No models."""

#: To be made; in the mail queue; taken by the mail server; not sent because of a failure; not wanted.
WAITING, QUEUED, SENT, FAILED, NOT_SENT = "waiting", "queued", "sent", "failed", "not_sent"
STATES = [
    (WAITING, "To send"),
    (QUEUED, "In the email queue"),
    (SENT, "Sent"),
    (FAILED, "Failed"),
    (NOT_SENT, "Not needed"),
]
