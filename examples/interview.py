"""Ask what the rules want to know, answer no to every danger sign, and print what follows."""

from rules_lib import KnowledgeBase, assess, next_question

kb = KnowledgeBase.load("iron_infusion")
told = {"back-pain": "present", "muscle-joint-ache": "present", "hours-since-infusion": 24}
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
