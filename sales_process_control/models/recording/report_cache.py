"""Keeps cached rows of reports in line with the tables that the reports read."""


def invalidate_reports(env, source):
    """Drop the cached rows of all SQL reports that read the table of a model.

    Call it after rows of that table have changed. Odoo uses `_depends` of a report to flush changes before it reads the
    report, but keeps the rows that are in the cache already.

    :param Environment env: an environment of the transaction
    :param str source: name of the model, as reports have it in `_depends`
    """
    for name in env["crm.pipeline.reader"]._reports_reading(source):
        env[name].invalidate_model(flush=False)
