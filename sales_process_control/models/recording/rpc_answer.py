import threading
from urllib.parse import urlsplit


def for_program(answer):
    """Return an answer to another program, with False in place of None over XML-RPC, which has no None.

    Odoo hides the request from the methods that it calls for other programs. The address stays with the thread.

    :param answer: numbers, texts and days in lists and dictionaries
    """
    is_xml_rpc = urlsplit(getattr(threading.current_thread(), "url", "")).path.startswith("/xmlrpc/")
    return _without_none(answer) if is_xml_rpc else answer


def _without_none(answer):
    if isinstance(answer, dict):
        return {key: _without_none(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [_without_none(value) for value in answer]
    return False if answer is None else answer
