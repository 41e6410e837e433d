"""
Ask what the rules want to know, answer no to every danger sign, and print what follows.

examples/interview.py [PACK FINDING ...]: of the shipped pack, or of any pack and who tells of that.
"""

import sys
from typing import Any

from rules_lib import KnowledgeBase, assess, next_question

pack = sys.argv[1] if len(sys.argv) > 1 else "iron_infusion"
told: dict[str, Any] = dict.fromkeys(sys.argv[2:], "present")
told = told or {"back-pain": "present", "muscle-joint-ache": "present", "hours-since-infusion": 24}
kb = KnowledgeBase.load(pack)
asked: list[str] = []
while question := next_question(kb, told, asked):
    print("asked:", kb.findings[question.finding].name)
    asked.append(question.id)
    if question.expects == "yes-no":
        told[question.finding] = "absent"

answer = assess(kb, told)
print("told:", answer.announced.id)
for cause in answer.causes:
    print("cause:", cause.id, cause.likelihood)
for advice in answer.advice:
    print("advice:", kb.advice[advice].name)
for withheld in answer.withheld:
    print("withheld:", withheld.id, withheld.reason)
