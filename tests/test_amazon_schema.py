"""The interaction models, judged by Amazon's own specification of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

ROOT = Path(__file__).resolve().parent.parent
SPECIFICATION = ROOT / ".cache" / "ask-smapi-model" / "spec.json"
MODELS = sorted((ROOT / "interaction_models").glob("*.json"))

pytestmark = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason="Amazon's specification comes with npm, which is missing"
)


def problems(model: dict[str, Any]) -> list[str]:
    """Return what the specification finds wrong with a model."""
    schema = {
        "$ref": "#/definitions/v1.skill.interactionModel.InteractionModelData",
        "definitions": json.loads(SPECIFICATION.read_text())["definitions"],
    }
    errors = Draft4Validator(schema).iter_errors(model)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_shipped_model_is_one_that_amazon_takes(path: Path) -> None:
    """Every generated model follows the specification of the skill management service."""
    assert problems(json.loads(path.read_text(encoding="utf-8"))) == []


def test_the_specification_refuses_a_broken_model() -> None:
    """A model whose samples are no list is refused: the check above can fail."""
    intents = [{"name": "WhyIntent", "samples": "why"}]
    broken = {
        "interactionModel": {
            "languageModel": {"invocationName": "iron guide", "intents": intents},
        }
    }
    assert problems(broken)
