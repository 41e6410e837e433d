"""Load a pack from a folder of your own, read its mistakes, and watch the two engines agree."""

import sys
from pathlib import Path

from rules_lib import FactError, KnowledgeBase, KnowledgeError, assess

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/small_pack")
try:
    kb = KnowledgeBase.load(folder)
except KnowledgeError as mistakes:
    sys.exit(str(mistakes))

try:
    assess(kb, {"ankle-pian": "present"})
except FactError as mistake:
    print("refused:", mistake)

answer = assess(
    kb,
    {"ankle-pain": {"severity": 3}, "fever": "present"},
    on_difference=lambda difference: print("the engines differ:", difference.what),
)
print(answer.floor.id, "by", answer.engine)
for activation in answer.trace:
    print(f"{activation.rule}: {', '.join(activation.facts)} -> {', '.join(activation.concluded)}")
