"""People who work on the same deals over HTTP, for `benchmarks/load.py`."""

import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from xml.etree import ElementTree

#: What a person does next, with its weight. `flag` sets the priority where there are no hot flags.
ACTIONS = {"move": 34, "flag": 12, "win": 6, "lose": 6, "reopen": 8, "merge": 3, "note": 8, "read": 23}
#: Answers that tell the user what to do instead, as of a deal that somebody else has merged.
REFUSALS = tuple(
    f"odoo.exceptions.{name}" for name in ("UserError", "ValidationError", "MissingError", "RedirectWarning")
)
RELATIONS = ("many2one", "many2many", "one2many")
#: Fields that the web client reads for a widget, beside the field of the widget itself.
WIDGET_FIELDS = {
    "kanban_activity": {
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    }
}


class Refused(Exception):
    """Odoo has refused a call with a message for the user."""


class Failed(Exception):
    """A call has ended with an error page."""


class Session:
    """The session of a person."""

    def __init__(self, port, database, login):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = ""
        self.post("/web/session/authenticate", {"db": database, "login": login, "password": login})

    def post(self, path, params):
        """Send a JSON-RPC request and return its result, None if it has none."""
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        self.connection.request("POST", path, json.dumps({"jsonrpc": "2.0", "params": params}), headers)
        response = self.connection.getresponse()
        body = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session_id="):
                self.cookie = value.split(";", 1)[0]
        if response.status != 200:
            raise Failed(f"{response.status} {body[:200]!r}")
        answer = json.loads(body)
        if error := answer.get("error"):
            name = error.get("data", {}).get("name", "")
            raise (Refused if name in REFUSALS else Failed)(f"{name}: {error.get('data', {}).get('message')}")
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model."""
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self.post(path, {"model": model, "method": method, "args": args, "kwargs": kwargs})


class Deals:
    """The ids of the deals that all people share, and who has written what.

    :param lead_ids: ids of the deals
    :param stage_ids: ids of the stages in which deals are open
    """

    def __init__(self, lead_ids, stage_ids):
        self.lock = threading.Lock()
        self.lead_ids = list(lead_ids)
        self.stage_ids = stage_ids
        #: (begin, end, text) of the committed writes of a text, by id of the deal.
        self.writes = defaultdict(list)
        self.tokens = iter(range(10**9))

    def choose(self, chance, count=1):
        """Return the ids of some deals."""
        with self.lock:
            return chance.sample(self.lead_ids, count)

    def lost_updates(self, stored):
        """Return the ids of the deals that hold a text which a later write should have replaced.

        A write is later if its request began after the answer to the other one.

        :param dict stored: the text of each deal by its id; deals that were merged away are missing
        """
        lost = []
        for lead_id, writes in self.writes.items():
            if lead_id not in stored:
                continue
            ends = {token: end for _begin, end, token in writes}
            end = ends.get(stored[lead_id], 0)
            if any(begin > end for begin, _end, _token in writes):
                lost.append(lead_id)
        return lost


class Person(threading.Thread):
    """A seller who does one thing after another, without a pause.

    :param session: its :class:`Session`
    :param deals: the :class:`Deals` of the database
    :param bool has_flags: whether hot flags can be raised
    :param dict specification: fields of the cards of the pipeline
    :param int seed: decides what the person does
    """

    def __init__(self, session, deals, has_flags, specification, seed):
        super().__init__()
        self.session, self.deals, self.has_flags, self.specification = session, deals, has_flags, specification
        self.chance = random.Random(seed)
        self.until = 0
        self.flags = {}
        self.done, self.refused, self.errors = Counter(), Counter(), []
        #: How long each operation took, by what was done.
        self.seconds = defaultdict(list)

    def run(self):
        """Work until the end of the turn."""
        names, weights = list(ACTIONS), list(ACTIONS.values())
        while time.monotonic() < self.until:
            name = self.chance.choices(names, weights)[0]
            begin = time.monotonic()
            try:
                getattr(self, f"do_{name}")()
            except Refused:
                self.refused[name] += 1
            except (Failed, OSError, http.client.HTTPException) as error:
                self.errors.append(f"{name}: {error}")
                self.session.connection.close()
            self.done[name] += 1
            self.seconds[name].append(time.monotonic() - begin)

    def _write(self, lead_id, values):
        """Write values of a deal, and a text by which a lost update would be seen."""
        token = f"text {next(self.deals.tokens)}"
        begin = time.monotonic()
        self.session.call("crm.lead", "write", [lead_id], {**values, "referred": token})
        with self.deals.lock:
            self.deals.writes[lead_id].append((begin, time.monotonic(), token))

    def do_move(self):
        """Move a deal to a stage."""
        [lead_id] = self.deals.choose(self.chance)
        self._write(lead_id, {"stage_id": self.chance.choice(self.deals.stage_ids)})

    def do_note(self):
        """Change the amount and the expected closing of a deal."""
        [lead_id] = self.deals.choose(self.chance)
        day = f"2027-0{self.chance.randint(1, 9)}-15"
        self._write(lead_id, {"expected_revenue": self.chance.randint(1, 9999), "date_deadline": day})

    def do_flag(self):
        """Raise a hot flag, or settle the own flag; set the priority where there are none."""
        [lead_id] = self.deals.choose(self.chance)
        if not self.has_flags:
            self._write(lead_id, {"priority": str(self.chance.randint(0, 3))})
        elif lead_id in self.flags:
            self.session.call("crm.hot.flag", "action_settle", [self.flags.pop(lead_id)], "broken")
        else:
            values = {"lead_id": lead_id, "note": "Signs soon"}
            [self.flags[lead_id]] = self.session.call("crm.hot.flag", "create", [values])

    def do_win(self):
        """Win a deal."""
        self.session.call("crm.lead", "action_set_won", self.deals.choose(self.chance))

    def do_lose(self):
        """Lose a deal."""
        self.session.call("crm.lead", "action_set_lost", self.deals.choose(self.chance))

    def do_reopen(self):
        """Open a deal again."""
        self.session.call("crm.lead", "action_unarchive", self.deals.choose(self.chance))

    def do_merge(self):
        """Merge two deals, and create another one in place of the merged one."""
        pair = self.deals.choose(self.chance, 2)
        self.session.call("crm.lead", "merge_opportunity", pair)
        values = {"name": "Replacement", "type": "opportunity", "stage_id": self.deals.stage_ids[0]}
        [created] = self.session.call("crm.lead", "create", [values])
        left = {row["id"] for row in self.session.call("crm.lead", "search_read", [("id", "in", pair)], ["id"])}
        with self.deals.lock:
            self.deals.lead_ids = [lead for lead in self.deals.lead_ids if lead not in pair or lead in left] + [created]

    def do_read(self):
        """Read the pipeline as the board does."""
        self.session.call(
            "crm.lead",
            "web_read_group",
            domain=[("type", "=", "opportunity")],
            groupby=["stage_id"],
            aggregates=["__count", "expected_revenue:sum"],
            auto_unfold=True,
            unfold_read_specification=self.specification,
            unfold_read_default_limit=40,
        )


def card_fields(session):
    """Return the specification of the fields that the web client reads for the cards of the pipeline."""
    views = session.call("crm.lead", "get_views", views=[[False, "kanban"]], options={})
    nodes = list(ElementTree.fromstring(views["views"]["kanban"]["arch"]).iter("field"))
    widgets = {node.get("widget") for node in nodes}
    names = {node.get("name") for node in nodes}.union(*(WIDGET_FIELDS.get(widget, ()) for widget in widgets))
    fields = session.call("crm.lead", "fields_get", sorted(names), ["type"])
    return {
        name: {"fields": {"display_name": {}}} if fields[name]["type"] in RELATIONS else {} for name in sorted(fields)
    }
