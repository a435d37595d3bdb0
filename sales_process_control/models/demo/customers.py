"""Who buys in the demonstration, and what: names in the language of the database."""

from typing import NamedTuple

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Customers by the size of their deals. Their order decides who sells to whom.
SMALL_CUSTOMERS = (
    _lt("Oakhurst School"),
    _lt("Maple Street Bakery"),
    _lt("Lakeside Library"),
    _lt("Willow Creek Farms"),
    _lt("Summit Road Garage"),
    _lt("Eastgate Theatre"),
    _lt("Crossfield Nursery"),
    _lt("Riverside Dental"),
    _lt("Goldfinch Coffee"),
    _lt("Amber Road Cinema"),
    _lt("Cedar Point Spa"),
    _lt("Foxglove Pharmacy"),
    _lt("Kingfisher Rowing"),
    _lt("Tallinn Street Market"),
    _lt("Bridgeton Opticians"),
    _lt("Copper Kettle Kitchens"),
    _lt("Daybreak Yoga"),
    _lt("Elm Park Surgery"),
    _lt("Fern Hill Vets"),
    _lt("Greenway Cycles"),
    _lt("Hopewell Daycare"),
    _lt("Ivory Lane Tailors"),
    _lt("Juniper Books"),
    _lt("Larkspur Florists"),
    _lt("Moorland Surveyors"),
    _lt("Nightingale Care"),
    _lt("Old Quay Seafood"),
    _lt("Primrose Travel"),
    _lt("Quarry Lane Pottery"),
    _lt("Rosewood Music School"),
    _lt("Sunnyside Driving School"),
    _lt("Thornbury Accountants"),
)
MEDIUM_CUSTOMERS = (
    _lt("Northwind Mills"),
    _lt("Harbour Lane Hotel"),
    _lt("Bluefield Clinic"),
    _lt("Redstone Engineering"),
    _lt("Ironbridge Foundry"),
    _lt("Clearwater Brewery"),
    _lt("Hillcrest Academy"),
    _lt("Millbrook Council"),
    _lt("Pinewood Publishing"),
    _lt("Stonegate Law"),
    _lt("Southbank Studios"),
    _lt("Granite Bay Marina"),
    _lt("Valley Water Works"),
    _lt("Kestrel Software"),
    _lt("Lindqvist Architects"),
    _lt("Corner Tower Hotels"),
    _lt("Sterling Labs"),
    _lt("Riverbend Paper"),
    _lt("Highfield Energy"),
    _lt("Tidewater Foods"),
)
LARGE_CUSTOMERS = (
    _lt("Orchard Bank"),
    _lt("Fairview Insurance"),
    _lt("Silverline Logistics"),
    _lt("Beacon Shipping"),
    _lt("Meridian Airport"),
    _lt("Northgate University"),
    _lt("Halden Hospital Group"),
    _lt("Atlas Motor Works"),
)
#: What the company of the demonstration sells.
WARES = (
    _lt("Office chairs"),
    _lt("Meeting room furniture"),
    _lt("Standing desks"),
    _lt("Acoustic panels"),
    _lt("Reception counter"),
    _lt("Archive shelves"),
    _lt("Conference tables"),
    _lt("Lounge corner"),
    _lt("Workshop benches"),
    _lt("Canteen equipment"),
    _lt("Phone booths"),
    _lt("Locker systems"),
)
#: First and last names of the people whom salespeople talk to, and what they are. The numbers of first and of last
#: names have no common divisor, so that every customer has another person.
FIRST_NAMES = (
    _lt("Grace"),
    _lt("Henry"),
    _lt("Irene"),
    _lt("Jonas"),
    _lt("Karen"),
    _lt("Louis"),
    _lt("Maria"),
    _lt("Nadia"),
    _lt("Oscar"),
)
LAST_NAMES = (
    _lt("Adams"),
    _lt("Berger"),
    _lt("Costa"),
    _lt("Dubois"),
    _lt("Evans"),
    _lt("Fischer"),
    _lt("Garcia"),
    _lt("Hughes"),
)
POSITIONS = (
    _lt("Managing Director"),
    _lt("Facility Manager"),
    _lt("Head of Purchasing"),
    _lt("Office Manager"),
    _lt("Finance Director"),
)


class Size(NamedTuple):
    """The deals of customers of a size.

    :param amounts: amounts of the deals, as the arguments of ``range``
    :param slowness: how many times as long as usual the visits last
    :param risk: how many times as many deals as usual are lost
    """

    amounts: tuple[int, int, int]
    slowness: float
    risk: float


SMALL, MEDIUM, LARGE = (
    Size((6_000, 20_000, 500), 0.9, 0.95),
    Size((24_000, 62_000, 1_000), 1.0, 1.0),
    Size((75_000, 145_000, 5_000), 1.2, 1.05),
)


class Customer(NamedTuple):
    """A customer of the demonstration.

    :param name: to be translated
    """

    name: object
    size: Size


CUSTOMERS = (
    *(Customer(name, SMALL) for name in SMALL_CUSTOMERS),
    *(Customer(name, MEDIUM) for name in MEDIUM_CUSTOMERS),
    *(Customer(name, LARGE) for name in LARGE_CUSTOMERS),
)


def person_of(env, place):
    """Return the name of the person whom salespeople talk to.

    :param int place: place of the customer in :data:`CUSTOMERS`
    """
    first, last = FIRST_NAMES[place % len(FIRST_NAMES)], LAST_NAMES[place % len(LAST_NAMES)]
    return env._("%(first)s %(last)s", first=env._(first), last=env._(last))


def host_of(env, place):
    """Return the web address of a customer, which is the same in all languages.

    :param int place: place of the customer in :data:`CUSTOMERS`
    """
    english = env["res.partner"].with_context(lang="en_US").env
    return english._(CUSTOMERS[place].name).lower().replace(" ", "-") + ".example.com"
