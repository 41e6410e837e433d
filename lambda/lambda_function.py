"""The cloud function's entry point: the skill, and nothing else."""

from skill.app import lambda_handler as handler

__all__ = ["handler"]
