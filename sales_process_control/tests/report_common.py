"""Finds the reports, so that tests that hold for all of them include new ones."""


def report_models(env, mixin="crm.lead.report.mixin"):
    """Return the names of all reports with a mixin, sorted."""
    base = env.registry[mixin]
    return sorted(name for name, model in env.registry.items() if issubclass(model, base) and not model._abstract)


def sum_of(report):
    """Return the name of a field of a report that groups add up."""
    return next(name for name, field in report._fields.items() if field.aggregator == "sum")
