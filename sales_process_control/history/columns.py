"""Which column is which."""

import re

from . import faults
from .words import Fault

#: What each column may be called, without spaces and marks. The second names are those of Salesforce's exports.
NAMES = {
    "deal": ("deal", "opportunityid", "opportunity"),
    "stage": ("stage", "stagename"),
    "at": ("at", "createddate"),
    "event": ("event",),
    "amount": ("amount",),
    "currency": ("currency", "currencyisocode"),
    "date_deadline": ("expectedclosing", "closedate"),
    "customer": ("customer", "opportunityaccountname"),
    "salesperson": ("salesperson", "opportunityownername", "opportunityowneremail"),
    "team": ("team", "salesteam"),
}
REQUIRED = ("deal", "stage", "at")
#: Columns of Salesforce's export that say nothing about where a deal was.
SALESFORCE_IGNORED = frozenset(
    (
        "id",
        "probability",
        "forecastcategory",
        "forecastcategoryname",
        "expectedrevenue",
        "createdbyid",
        "createdbyname",
        "lastmodifieddate",
        "lastmodifiedbyid",
        "systemmodstamp",
        "isdeleted",
        "validthroughdate",
        "prevamount",
        "prevclosedate",
        "prevforecastupdate",
        "fromstagename",
        "fromopportunitystagename",
        "fromforecastcategory",
    )
)
#: The column that is added to the lines which were not imported: corrected, the file may keep it.
PROBLEM = "problem"


def find_columns(header):
    """Which column is which.

    :param header: the heading of each column, in the order of the file
    :return: ({name: index}, faults)
    """
    plain = [plain_name(heading) for heading in header]
    is_salesforce = "opportunityid" in plain
    found, wrong = {}, []
    for index, (heading, name) in enumerate(zip(header, plain, strict=True)):
        known = next((column for column, names in NAMES.items() if name in names), None)
        if known in found:
            wrong.append(Fault(0, heading, faults.COLUMN_TWICE, header[found[known]]))
        elif known:
            found[known] = index
        elif heading and name != PROBLEM and not (is_salesforce and name in SALESFORCE_IGNORED):
            wrong.append(Fault(0, heading, faults.UNKNOWN_COLUMN))
    wrong += [Fault(0, name, faults.MISSING_COLUMN) for name in REQUIRED if name not in found]
    return found, wrong


def plain_name(heading):
    """A heading without what people write in different ways."""
    return re.sub(r"[\W_]", "", heading).casefold()
