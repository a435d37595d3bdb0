"""The language of texts that are stored once, for everybody."""


def in_language_of_database(model):
    """Return a model in the language in which the database was created: that of its administrator."""
    admin = model.env.ref("base.user_admin", raise_if_not_found=False)
    return model.with_context(lang=admin.lang) if admin else model
