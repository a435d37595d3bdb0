"""What customers of the demonstration say, and what salespeople plan next, by the stage of the deal."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

REACTIONS = POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"
#: What customers said: {stage: {reaction: texts}}. The places stand for the person whom the salesperson talks to, for a
#: month to come, and for numbers of weeks, offers and workplaces.
FEEDBACK = {
    "contact": {
        POSITIVE: (
            _lt("We move into the new building in %(month)s and have nothing for %(places)s workplaces yet."),
            _lt("Good timing, we were about to ask for offers."),
            _lt("Your colleague at the fair convinced me. Come and see our rooms."),
            _lt("Our old supplier has kept us waiting for %(weeks)s weeks. Show us what you can do."),
        ),
        NEUTRAL: (
            _lt("Send me the catalogue first, then we will see."),
            _lt("%(person)s looks after this. I will pass it on."),
            _lt("We are only looking around. Call again in %(weeks)s weeks."),
            _lt("How long does delivery take for %(places)s workplaces? That is all we need to know for now."),
        ),
        NEGATIVE: (
            _lt("We bought everything new last year."),
            _lt("Nobody here has time for this before %(month)s."),
            _lt("We only buy from suppliers on our list."),
            _lt("Please write to the general address."),
        ),
    },
    "evaluation": {
        POSITIVE: (
            _lt("The budget for %(places)s workplaces is in the plan, %(person)s has confirmed it."),
            _lt("The board wants it done by %(month)s."),
            _lt("We have agreed among ourselves: the project goes ahead."),
            _lt("%(person)s decides, and is in favour."),
        ),
        NEUTRAL: (
            _lt("First we have to know how many workplaces we need, %(places)s or more."),
            _lt("The budget is discussed in %(month)s."),
            _lt("There are two projects, and only one of them gets the money."),
            _lt("We would like to see a reference of our size."),
        ),
        NEGATIVE: (
            _lt("There is no budget this year."),
            _lt("The colleague who started this has left the company."),
            _lt("The lease is not signed, and everything waits for it."),
            _lt("To be honest, we only wanted a price to compare."),
        ),
    },
    "needs": {
        POSITIVE: (
            _lt("The workshop helped us. The list for %(places)s workplaces is ready."),
            _lt("Everybody likes the samples, above all the dark oak."),
            _lt("%(person)s was in the showroom and wants exactly this."),
            _lt("You are the only ones who have measured the rooms."),
        ),
        NEUTRAL: (
            _lt("We want two variants, one with the lounge and one without."),
            _lt("You get the list of rooms in %(weeks)s weeks."),
            _lt("The staff want desks that can be raised, all %(places)s of them."),
            _lt("Can you take back the old furniture?"),
        ),
        NEGATIVE: (
            _lt("You do not make half of what we need."),
            _lt("The architect prefers another brand."),
            _lt("Every department wants something else, and we get nowhere."),
            _lt("We have waited %(weeks)s weeks for an answer about fire protection."),
        ),
    },
    "bidding": {
        POSITIVE: (
            _lt("Yours is the best of %(offers)s offers so far."),
            _lt("Good that you presented it in person. %(person)s understood it at once."),
            _lt("The price is all right if you deliver in %(month)s."),
            _lt("You are first on the technical side. Now purchasing has its turn."),
        ),
        NEUTRAL: (
            _lt("We compare %(offers)s offers. Delivery decides, not the price."),
            _lt("The offer is with our lawyer."),
            _lt("The tender closes %(weeks)s weeks later than planned."),
            _lt("Purchasing wants other terms of payment."),
        ),
        NEGATIVE: (
            _lt("You are too expensive. We have a lower offer on the desk."),
            _lt("We got your offer by mail and do not understand half of it."),
            _lt("The committee has put it off until %(month)s."),
            _lt("Your competitor delivers %(weeks)s weeks earlier."),
        ),
    },
    "negotiation": {
        POSITIVE: (
            _lt("The contract is with %(person)s for signature."),
            _lt("If assembly is included, we sign this month."),
            _lt("The board has agreed, only the date is open."),
            _lt("We have told the %(offers)s others that we go with you."),
        ),
        NEUTRAL: (
            _lt("Three per cent less, and we have a deal."),
            _lt("Our lawyer wants clause %(offers)s changed."),
            _lt("Can we pay half on delivery and half %(weeks)s weeks later?"),
            _lt("%(person)s is away for %(weeks)s weeks and has to sign."),
        ),
        NEGATIVE: (
            _lt("The group has stopped all spending until %(month)s."),
            _lt("Your discount is not enough. We ask the others again."),
            _lt("The new managing director wants to look at everything again."),
            _lt("We take the first floor only, the rest next year."),
        ),
    },
}
CALL, MEETING, TO_DO = (f"mail.mail_activity_data_{kind}" for kind in ("call", "meeting", "todo"))
#: Next activities: {stage: (summary, activity type)}.
NEXT_ACTIVITIES = {
    "contact": ((_lt("Arrange a first meeting"), CALL), (_lt("Send the catalogue"), TO_DO)),
    "evaluation": ((_lt("Ask about budget and time frame"), CALL), (_lt("Meet the facility manager"), MEETING)),
    "needs": ((_lt("Follow up on the samples"), CALL), (_lt("Measure the rooms"), MEETING)),
    "bidding": ((_lt("Walk through the offer"), MEETING), (_lt("Send the changed offer"), TO_DO)),
    "negotiation": ((_lt("Ask for the decision"), CALL), (_lt("Agree on the date of signing"), MEETING)),
}
