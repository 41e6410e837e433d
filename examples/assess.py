"""The library in ten lines; README.md shows this program and what it prints."""

from rules_lib import KnowledgeBase, assess, explain, next_question

kb = KnowledgeBase.load("iron_infusion")
told = {"back-pain": {"severity": 4}, "hours-since-infusion": 30}
answer = assess(kb, told)
print(answer.floor.id, [cause.id for cause in answer.causes])
print(next_question(kb, told).id)
print(assess(kb, {**told, "chest-pain": "unsure"}).floor.id)
print(explain(kb, assess(kb, {**told, "leg-weakness": "present"})).text)
