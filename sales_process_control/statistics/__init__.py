"""What can be said of numbers, without a line of Odoo."""

from .interval import wilson_interval

__all__ = ["wilson_interval"]
