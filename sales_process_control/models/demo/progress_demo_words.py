"""What customers of a demonstration database said, by the kind of activity after which it was noted and their mood."""

WORDS = {
    "mail.mail_activity_data_call": {
        "positive": (
            "Budget is approved, the board only has to be told.",
            "Likes the proposal, asks how soon we can deliver.",
            "Their old supplier lets them down; wants us to be quick.",
        ),
        "neutral": (
            "Compares us with two others. Price is not what decides, the date of delivery is.",
            "Asks for a smaller first step.",
            "Their purchasing department wants the terms of payment changed.",
        ),
        "negative": (
            "Was friendly, but could not say when they decide.",
            "Finds us too expensive, has a lower offer on the desk.",
            "The project may be put off to next year.",
        ),
    },
    "mail.mail_activity_data_meeting": {
        "positive": (
            "Showed the rooms. The facility manager is convinced, finance is with us, too.",
            "Met the managing director: decides herself, and wants it before summer.",
            "Agreed on the scope. They send the list of rooms.",
        ),
        "neutral": (
            "Went through the drawing together; they want two variants.",
            "Facility manager is convinced, finance is not yet.",
            "Want to see one more reference before they go on.",
        ),
        "negative": (
            "The one who decides did not come.",
            "They like what they have; nobody feels a need.",
            "Half of what they ask for we do not make.",
        ),
    },
    "mail.mail_activity_data_todo": {
        "positive": ("Sent samples, they arrived well and are liked.", "Got the floor plan the same day."),
        "neutral": ("Offer is with their lawyer.", "Got the floor plan.", "Requirements are written down and sent."),
        "negative": ("No answer to the offer so far.", "The samples came back without a word."),
    },
}
#: How often customers react so: positive, neutral, negative. By the deal's fate, and whether it ended in this stay.
MOODS = {
    "won": (7, 3, 1),
    "went on": (5, 4, 1),
    "open": (4, 4, 2),
    "silent": (1, 4, 5),
    "lost later": (3, 5, 2),
    "lost here": (1, 3, 7),
}
#: How often a sales action of a stage is taken, by the same: about three in four.
DILIGENCE = {"won": 0.92, "went on": 0.88, "open": 0.5, "silent": 0.45, "lost later": 0.75, "lost here": 0.5}
NEXT_STEPS = (
    ("mail.mail_activity_data_call", "Ask for the decision"),
    ("mail.mail_activity_data_meeting", "Walk through the offer"),
    ("mail.mail_activity_data_todo", "Send the changed offer"),
    ("mail.mail_activity_data_call", "Follow up on the samples"),
)
#: Why a manager let a deal leave a stage whose required actions were open.
PASS_REASONS = (
    "Frame contract: the price list was agreed on in January, there is nothing to present.",
    "The managing director called me herself and wants to sign.",
)
