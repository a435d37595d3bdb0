"""What becomes of a digest on its way to a channel. No models."""

WAITING, SENDING, SENT, FAILED, GIVEN_UP, NOT_SENT = "waiting", "sending", "sent", "failed", "given_up", "not_sent"
STATES = [
    (WAITING, "To send"),
    (SENDING, "Sending"),
    (SENT, "Sent"),
    (FAILED, "Failed, tried again"),
    (GIVEN_UP, "Given up"),
    (NOT_SENT, "Not needed"),
]
