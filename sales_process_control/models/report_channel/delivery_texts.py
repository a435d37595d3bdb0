"""Why a digest was not sent, as a sentence. No models. Reasons hold no address: it is a secret."""

from . import webhook_answers as answers


def describe_verdict(env, verdict):
    """Return why a message was not sent, in the language of the user.

    :param Verdict verdict: see :func:`.webhook_answers.judge`
    """
    if verdict.outcome == answers.LOST:
        return env._(
            "The service did not answer. The message may have arrived: check the channel before you send it again."
        )
    detail = verdict.detail
    unexpected = env._("The service sent an unexpected answer. Is the address that of this program?")
    return {
        answers.STATUS: env._("The service answered with status %s.", detail),
        answers.REDIRECT: env._("The service redirects the message (status %s), which is not allowed.", detail),
        answers.CODE: env._("The service refused the message: %s", detail),
        answers.UNREACHABLE: env._("The service could not be reached."),
        answers.FORBIDDEN: env._("The address of the webhook is not allowed: it must be a public address with https."),
    }.get(verdict.code, unexpected)
