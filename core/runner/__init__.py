"""Enrollments that are due, carried out step by step, by any number of runners in any number of processes."""

from core.runner.run import Runner

__all__ = ["Runner"]
