"""What this module adds to the registry, so that tests cover what is new by themselves."""

import functools
import inspect

from odoo.exceptions import UserError
from odoo.service.model import get_public_method

MODULE = "sales_process_control"


def of_module(cls):
    """Return whether a class is one of this module's, for any model."""
    return cls.__module__.startswith(f"odoo.addons.{MODULE}.")


def own_models(env):
    """Return the names of the models that this module adds."""
    return sorted(name for name, cls in env.registry.items() if cls._original_module == MODULE)


def extended_models(env):
    """Return the names of Odoo's models to which this module adds fields or methods."""
    return sorted(
        name
        for name, cls in env.registry.items()
        if cls._original_module != MODULE and (own_fields(cls) or any(map(of_module, cls.__mro__)))
    )


def models_with_code(env):
    """Return the models, as empty records, that have classes of this module."""
    return [env[name] for name, cls in env.registry.items() if any(map(of_module, cls.__mro__))]


def own_fields(cls):
    """Return the names of the fields of a model that this module adds or changes."""
    return sorted(name for name, field in cls._fields.items() if MODULE in (field._modules or ()))


def added_fields(model):
    """Return the fields of a model that this module adds."""
    return [field for field in model._fields.values() if field._modules and field._modules[0] == MODULE]


@functools.cache
def public_methods(cls):
    """Return the names of the methods of a model that RPC may call, as a tuple."""
    return tuple(
        name
        for name in dir(cls)
        if not name.startswith("_")
        and callable(getattr(cls, name))
        and not any(getattr(vars(base).get(name), "_api_private", False) for base in cls.__mro__)
    )


@functools.cache
def own_methods(cls):
    """Return the names of those that this module defines or overrides, as a tuple."""
    classes = [base for base in cls.__mro__ if of_module(base)]
    return tuple(name for name in public_methods(cls) if any(name in vars(base) for base in classes))


def added_methods(model):
    """Yield (name, method) of the methods that only this module defines, and that RPC may call."""
    classes = [cls for cls in type(model).mro() if cls is not type(model)]
    for name in sorted({name for cls in classes if of_module(cls) for name in vars(cls)}):
        if any(name in vars(cls) for cls in classes if not of_module(cls)):
            continue
        try:
            method = get_public_method(model, name)
        except (UserError, AttributeError):
            continue
        if inspect.isfunction(method):
            yield name, method
