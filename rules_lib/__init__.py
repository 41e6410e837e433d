"""
Forward-chaining rules with an urgency that can only rise, and the reason for every conclusion.

>>> from rules_lib import KnowledgeBase, assess
>>> kb = KnowledgeBase.load("tests/small_pack")
>>> answer = assess(kb, {"ankle-pain": "present", "cold-foot": "present"})
>>> answer.floor.id
'emergency'
"""

from rules_lib.assessment import Assessment
from rules_lib.errors import FactError, KnowledgeError, RulesLibError
from rules_lib.explanation import Explanation, explain
from rules_lib.facts import Finding, Presence
from rules_lib.interview import next_question
from rules_lib.knowledge_base import KnowledgeBase
from rules_lib.rules import Urgency
from rules_lib.session import assess

__all__ = [
    "Assessment",
    "Explanation",
    "FactError",
    "Finding",
    "KnowledgeBase",
    "KnowledgeError",
    "Presence",
    "RulesLibError",
    "Urgency",
    "assess",
    "explain",
    "next_question",
]
