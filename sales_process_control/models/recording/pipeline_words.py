"""What the reader tells the recorder; values, no models."""

from datetime import date, datetime, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...ledger import History, Stage

#: Deals written by one set of statements: so many fit into memory together, whatever an import brings.
BATCH_SIZE = 5000


class Company(NamedTuple):
    """What the recorder needs of a company. `hours_per_day` belongs to its working calendar."""

    currency_id: int
    calendar_id: int | None
    tz: str | None
    hours_per_day: float | None

    def working_days_between(self, env, start, end):
        """Days of the company's working calendar between two instants (naive UTC), None where it has no calendar."""
        if not self.calendar_id or not self.hours_per_day:
            return None
        seconds = env["resource.calendar"].browse(self.calendar_id).work_seconds_between(start, end)
        return seconds / 3600 / self.hours_per_day


class Context(NamedTuple):
    """What all deals share: the stages as they are now, the companies, and the rules for leaving stages that have one.

    Deals without a company, None, have the currency and the calendar of the main company.
    """

    stages: dict[int, Stage]
    companies: dict[int | None, Company]
    main_company_id: int
    leaving_rules: dict[int, str]

    def day_of(self, instant, company_id):
        """The day of an instant (naive UTC) in the time zone of the company's working calendar."""
        tz = ZoneInfo(self.companies[company_id].tz or "UTC")
        return instant.replace(tzinfo=timezone.utc).astimezone(tz).date()


class DealRow(NamedTuple):
    """What the ledgers are about, of a lead: the names are those of its fields, the values those of the ORM's cache."""

    type: str
    active: bool
    won_status: str
    stage_id: int | None
    team_id: int | None
    user_id: int | None
    company_id: int | None
    date_deadline: date | None
    expected_revenue: float | None
    stage_entered_at: datetime | None
    last_progress_at: datetime | None


class Known(NamedTuple):
    """What was known of a deal when a transaction touched it first.

    :param history: what the ledgers held; its last posting only where `is_last_known`
    :param last_visit_id: rows of the visit ledger above it are this transaction's own
    :param last_movement_id: likewise of the movement ledger; 0 where all that it holds is older than this instant
    :param marked_ids: lines of the movement ledger that the transaction has marked as corrections
    :param is_written: whether the transaction has written about it since
    :param is_dated: whether it has then posted another expected closing
    """

    history: History = History()
    last_visit_id: int = 0
    last_movement_id: int = 0
    marked_ids: tuple[int, ...] = ()
    is_last_known: bool = False
    is_written: bool = False
    is_dated: bool = False
