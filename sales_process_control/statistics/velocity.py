"""How much an organization sells in a day."""


def velocity(open_deals: int, win_rate: float | None, average: float | None, cycle_days: float | None) -> float | None:
    """Return the sales velocity: the amount that is won in a day at the present pace.

    Open deals x win rate x average won amount / length of the sales cycle.

    Example: 40 open deals, a win rate of 25%, 50,000 on average and a cycle of 60 days are 8,333 a day.

    :param open_deals: number of open deals
    :param win_rate: between 0 and 1, None if it is not known
    :param average: mean amount of a won deal, None if it is not known
    :param cycle_days: typical days from entering the pipeline to winning, None if they are not known
    :return: an amount a day in the currency of the average; None if a factor is not known, or the cycle takes no time
    """
    if win_rate is None or average is None or not cycle_days:
        return None
    return open_deals * win_rate * average / cycle_days
