"""Joins texts as the language of the user does, for example with “、” between names in Chinese. No models."""


def joined_names(env, names):
    """Join names: "Call, Visit".

    :param env: environment of the user, whose language counts
    :param names: any number of texts
    :rtype: str
    """
    return _joined(names, lambda joined, name: env._("%(names)s, %(name)s", names=joined, name=name))


def joined_first_names(env, names, count):
    """Join the first names, and say how many more there are: "Call, Visit and 3 more".

    :param list names: the names that are shown
    :param int count: how many there are in all
    :rtype: str
    """
    shown, more = joined_names(env, names), count - len(names)
    return env._("%(names)s and %(count)s more", names=shown, count=more) if more > 0 else shown


def joined_phrases(env, phrases):
    """Join parts of a sentence: "promise overdue, no next action".

    :param phrases: any number of texts
    :rtype: str
    """
    return _joined(phrases, lambda joined, phrase: env._("%(facts)s, %(fact)s", facts=joined, fact=phrase))


def joined_parts(env, parts):
    """Join parts that have commas of their own: "Offer (Negotiation): Call, Visit; Order (Negotiation): Call".

    :param parts: any number of texts
    :rtype: str
    """
    return _joined(parts, lambda joined, part: env._("%(parts)s; %(part)s", parts=joined, part=part))


def joined_sentences(env, sentences):
    """Join sentences: "Two stages were created. One opportunity was moved."; in Chinese, without a space.

    :param sentences: any number of texts, each with its full stop
    :rtype: str
    """
    return _joined(
        sentences, lambda joined, sentence: env._("%(before)s %(sentence)s", before=joined, sentence=sentence)
    )


def with_remark(env, text, remark):
    """Return a text with a remark in parentheses: "Won: 3 (last week: 2)"."""
    return env._("%(text)s (%(remark)s)", text=text, remark=remark)


def labelled(env, label, text=""):
    """Return a text after its label: "Won: 3"; the label alone, with its colon, without a text."""
    return env._("%(name)s: %(facts)s", name=label, facts=text)


def _joined(texts, join):
    """Return texts joined one after the other; an empty text without any.

    :param texts: any number of texts
    :param join: a function of what is joined so far and of the next text
    """
    joined = ""
    for text in texts:
        joined = join(joined, text) if joined else text
    return joined
