"""Where a job goes on that did not finish in its time. No models."""


class JobPosition:
    """The id at which the next run of a job goes on, 0 for the beginning. A parameter holds it.

    :param Environment env: of the job
    :param str parameter: name of the parameter
    """

    def __init__(self, env, parameter):
        self.env, self._name = env, parameter
        # sudo: jobs run as the superuser, and a sales manager may have one begin again; the parameter holds an id.
        self._parameters = env["ir.config_parameter"].sudo()

    def get(self):
        """Return the id, 0 for the beginning."""
        return int(self._parameters.get_param(self._name, 0))

    def set(self, position):
        """Store an id.

        :return: whether it is another one than before
        """
        if position == self.get():
            return False
        self._parameters.set_param(self._name, position)
        return True

    def keep(self, position, remaining):
        """Store the id at the end of a run, and commit it.

        :param int remaining: how many records the job has still to do
        """
        if self.set(position):
            self.env["ir.cron"]._commit_progress(0, remaining=remaining)
