"""The request handlers, in the order they are tried."""

from skill.handlers.failure import FailureHandler
from skill.handlers.launch import LaunchHandler
from skill.handlers.report import ReportHandler
from skill.handlers.standard import (
    HelpHandler,
    RepeatHandler,
    SessionEndedHandler,
    StartOverHandler,
    StopHandler,
)

HANDLERS = (
    LaunchHandler,
    HelpHandler,
    RepeatHandler,
    StartOverHandler,
    StopHandler,
    SessionEndedHandler,
    ReportHandler,
)
"""ReportHandler takes every intent that is left, so it stands last."""

__all__ = ["HANDLERS", "FailureHandler"]
