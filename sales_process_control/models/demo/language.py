"""The language of the demonstration."""


def in_language_of_database(builder):
    """Return a builder in the language in which the database was created: that of its administrator."""
    return builder.with_context(lang=builder.env.ref("base.user_admin").lang)
