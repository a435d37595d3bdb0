"""Stop a transaction at a known place, so that a test can end it there."""

import time

import psycopg2

#: Key of the advisory lock that the gate waits for.
LOCK = 20260
#: Seconds after which a transaction should have come to the gate, or a connection should have ended.
PATIENCE = 120
# A sequence is not rolled back, so that it counts the statements of several transactions.
MAKE_GATE = """
    CREATE SEQUENCE fault_gate;
    CREATE FUNCTION fault_gate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('fault_gate') = TG_ARGV[0]::int THEN
            PERFORM pg_advisory_xact_lock({lock});
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER fault_gate AFTER INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION fault_gate({number});
"""
REMOVE_GATE = "DROP SEQUENCE fault_gate; DROP FUNCTION fault_gate() CASCADE"
WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


class Gate:
    """A place in a transaction: after its n-th statement that changes a table.

    :param str database: its name
    :param str table: the table
    :param int number: which of the statements, counted over all transactions from 1 on
    """

    def __init__(self, database, table, number=1):
        self.database = database
        self.table = table
        self.number = number
        self.backend = 0

    def __enter__(self):
        self.connection = psycopg2.connect(dbname=self.database)
        self.connection.autocommit = True
        self.cr = self.connection.cursor()
        self.cr.execute(MAKE_GATE.format(lock=LOCK, table=self.table, number=self.number))
        self.cr.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        return self

    def __exit__(self, *_error):
        try:
            self.cr.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            self._wait_for_end()
            self.cr.execute(REMOVE_GATE)
        finally:
            self.connection.close()

    def wait(self, is_alive=lambda: True):
        """Wait until a transaction is at the gate.

        :param is_alive: function that returns whether the work still runs
        :return: the process id of its PostgreSQL backend
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and is_alive():
            self.cr.execute(WAITING, [LOCK])
            if row := self.cr.fetchone():
                self.backend = row[0]
                return self.backend
            time.sleep(0.02)
        raise AssertionError(f"nothing came to statement {self.number} on {self.table}")

    def terminate(self):
        """End the connection of the transaction at the gate, as an administrator would."""
        self.cr.execute("SELECT pg_terminate_backend(%s)", [self.backend])

    def cancel(self):
        """Cancel the statement of the transaction at the gate, as a time limit for statements does."""
        self.cr.execute("SELECT pg_cancel_backend(%s)", [self.backend])

    def _wait_for_end(self):
        """Wait until the transaction has ended. PostgreSQL notices late that a client was killed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.cr.execute("SELECT FROM pg_stat_activity WHERE pid = %s AND state <> 'idle'", [self.backend])
            if not self.cr.fetchone():
                return
            time.sleep(0.02)
        raise AssertionError("the transaction did not end")
