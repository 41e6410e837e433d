"""The composition root: knowledge and words are loaded once, the skill is wired here."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import logging
import os
from typing import TYPE_CHECKING, Any, cast

from ask_sdk_core.skill import CustomSkill
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope

from rules_lib import KnowledgeBase
from skill import speech
from skill.application import SKILL_ID_VARIABLE, application_ids
from skill.dangers import danger_levels
from skill.dialogue import Dialogue
from skill.error_place import place_of
from skill.handlers import HANDLERS, FailureHandler
from skill.phrases import LocaleError, load_ear, load_heard, load_locale
from skill.refusal import ApplicationIdError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.facts import FindingType
    from skill.phrases import Locale
    from skill.reader import Reader
    from skill.reading import Reading

PACK = "iron_infusion"
FALLBACK_LOCALE = "en"
"""Spoken where a request's language is not shipped: a safe sentence beats silence."""
LAST_RESORT = (
    "Sorry, I could not work that out. If you feel very unwell, call your local emergency number "
    "now. Otherwise phone your infusion team or doctor today. Please tell me again what you feel."
)
"""What is said where not even the words can be read; what English says in no known country."""
_log = logging.getLogger(__name__)


def words_of(name: str | None) -> Locale:
    """
    Return the words of a locale; those of its language, or the fallback's, where it has none.

    Raises:
        LocaleError: where even the fallback's words cannot be read.
    """
    wanted = name or FALLBACK_LOCALE
    for locale in (wanted, wanted.partition("-")[0]):
        try:
            return load_locale(locale)
        except LocaleError:
            _log.warning("the words of a request's locale cannot be had; others speak")
    return load_locale(FALLBACK_LOCALE)


class House:
    """The voice that handlers speak with: one knowledge base, a dialogue and reader a locale."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._dialogues: dict[str, Dialogue] = {}
        self._readers: dict[str, LazyReader] = {}

    def locale(self, name: str | None) -> Locale:
        """Return the words of a request's locale."""
        return words_of(name)

    def dialogue(self, locale: Locale) -> Dialogue:
        """Return the dialogue in these words."""
        if locale.id not in self._dialogues:
            self._dialogues[locale.id] = Dialogue(self.kb, locale)
        return self._dialogues[locale.id]

    def reader(self, locale: Locale) -> LazyReader:
        """Return the reader of this locale's free text."""
        if locale.id not in self._readers:
            self._readers[locale.id] = LazyReader(self.kb, locale)
        return self._readers[locale.id]


class LazyReader:
    """The reader of a locale's free text, made for the first of it: most turns hold none."""

    def __init__(self, kb: KnowledgeBase, locale: Locale) -> None:
        self._kb = kb
        self._locale = locale

    @property
    def types(self) -> Mapping[str, FindingType]:
        """The vocabulary, finding id to declaration."""
        return self._kb.findings

    @functools.cached_property
    def _reader(self) -> Reader:
        # Imported here: it would be a fifth of a cold start.
        from skill.reader import Reader  # noqa: PLC0415

        heard = load_heard(self._locale.id)
        return Reader(
            heard["findings"],
            heard["words"],
            heard["products"],
            heard["medicines"],
            self._kb.findings,
            danger_levels(self._kb),
            heard["nodes"],
            load_ear(self._locale.id),
        )

    def read(
        self, text: str, *, now: dt.datetime, expects: str | None = None, about: str | None = None
    ) -> Reading:
        """Read a sentence."""
        return self._reader.read(text, now=now, expects=expects, about=about)


class IronGuideSkill(CustomSkill):
    """An ASK SDK skill that also takes a request as plain JSON values."""

    def invoke(self, request_envelope: Any, context: Any = None) -> Any:
        """
        Answer a request envelope.

        Args:
            request_envelope: a RequestEnvelope, answered by a ResponseEnvelope; or the JSON
                of one as a dict, answered by a dict.
            context: what Lambda hands over; unused.

        """
        if not isinstance(request_envelope, dict):
            return super().invoke(request_envelope, context)
        light, attributes, moment = _lightened(request_envelope)
        envelope = self.serializer.deserialize(payload=json.dumps(light), obj_type=RequestEnvelope)
        if attributes is not None:
            envelope.session.attributes = _Kept(attributes)
        if moment is not None:
            envelope.request.timestamp = moment
        response = super().invoke(envelope, context)
        attributes, response.session_attributes = response.session_attributes, None
        answer = cast("dict[str, Any]", self.serializer.serialize(response))
        return answer if attributes is None else answer | {"sessionAttributes": attributes}


def _lightened(
    envelope: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any] | None, dt.datetime | None]:
    """
    Take out of a request envelope what the SDK is slow to read.

    Returns:
        The envelope without it, the session attributes, and the time of the request; None for
        what is not there or not as Alexa writes it, which is left to the SDK.
    """
    session, request = envelope.get("session"), envelope.get("request")
    attributes = session.get("attributes") if isinstance(session, dict) else None
    moment = None
    if isinstance(session, dict) and isinstance(attributes, dict):
        envelope = {**envelope, "session": {**session, "attributes": None}}
    else:
        attributes = None
    if isinstance(request, dict) and isinstance(request.get("timestamp"), str):
        with contextlib.suppress(ValueError):
            moment = dt.datetime.fromisoformat(request["timestamp"])
        if moment is not None and moment.tzinfo is not None:
            return {**envelope, "request": {**request, "timestamp": None}}, attributes, moment
    return envelope, attributes, None


class _Kept(dict[str, Any]):
    """
    Session attributes, JSON in and out.

    The SDK would rebuild them value by value on the way in, copy them deeply and rebuild them
    on the way out: a quarter of a turn, for attributes that handlers replace and never change.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


@functools.cache
def knowledge_base() -> KnowledgeBase:
    """Return the knowledge base of the skill, loaded once in a process."""
    return KnowledgeBase.load(PACK)


def build_skill(skill_id: str | None = None) -> IronGuideSkill:
    """
    Return the skill.

    Args:
        skill_id: the application id that requests must carry; any where it is None.

    """
    house = House(knowledge_base())
    builder = SkillBuilder()
    for handler in HANDLERS:
        builder.add_request_handler(handler(house))
    builder.add_exception_handler(FailureHandler(house))
    configuration = builder.skill_configuration
    configuration.skill_id = cast("str", skill_id)  # the SDK says str and means "or None"
    return IronGuideSkill(configuration)


@functools.cache
def _shared_skill(skill_id: str | None) -> IronGuideSkill:
    return build_skill(skill_id)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """
    Answer an Alexa request in the cloud function; whatever fails, answer safely.

    Raises:
        ApplicationIdError: the request is for another skill.
    """
    ours = os.environ.get(SKILL_ID_VARIABLE) or None
    for application_id in application_ids(event):
        if ours not in (None, application_id):
            raise ApplicationIdError(f"the request is for skill {shown(application_id)}")
    try:
        return _shared_skill(ours).invoke(event, context)  # type: ignore[no-any-return]
    except Exception as error:  # noqa: BLE001 - the patient must hear something
        _log.error("a request failed before any handler: %s", place_of(error))
        request = event.get("request") if isinstance(event, dict) else None
        locale = request.get("locale") if isinstance(request, dict) else None
        return safe_response(locale if isinstance(locale, str) else None)


def safe_response(locale: str | None) -> dict[str, Any]:
    """Return a response that keeps the patient safe, made of words alone, or without any."""
    try:
        words = words_of(locale)
        say, again = (
            speech.ssml(words, words.phrase(key)) for key in ("failure", "welcome_reprompt")
        )
    except Exception as error:  # noqa: BLE001 - the patient must hear something
        _log.error("no words to speak safely with: %s", place_of(error))
        say = again = f"<speak>{LAST_RESORT}</speak>"
    return {
        "version": "1.0",
        "sessionAttributes": {},
        "response": {
            "outputSpeech": {"type": "SSML", "ssml": say},
            "reprompt": {"outputSpeech": {"type": "SSML", "ssml": again}},
            "shouldEndSession": False,
        },
    }
