"""The ear hears danger signs that no pattern knows, and never takes one as told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules_lib.facts import Presence
from skill.app import knowledge_base
from skill.dangers import danger_levels
from skill.ear import Ear, features
from skill.ear_training import digest_of, ears, is_fresh, learnt, read_book, trained
from skill.locale_files import read_locale
from skill.phrases import LOCALES, load_ear, load_heard
from skill.reader import Reader
from skill.sentence import STOP, Normaliser
from skill.stretches import LONGEST, WINDOW, Stretch, Vote, stretch_of

if TYPE_CHECKING:
    from skill.reading import Reading

NOW = dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.UTC)
WORDS = read_locale("en")["words"]
BOOK = {
    "chest-pain": ["an elephant on my chest", "a weight on my chest", "my chest is squashed"],
    "leg-weakness": ["my legs are jelly", "legs like jelly", "my legs fold up"],
    "not": {"chest-pain": ["the elephant in the room"]},
}


def reader(ear: dict[str, Any] | None, locale: str = "en-US") -> Reader:
    """Return the reader of a locale with an ear, or without one."""
    heard, kb = load_heard(locale), knowledge_base()
    parts = (heard["findings"], heard["words"], heard["products"], heard["medicines"])
    return Reader(*parts, kb.findings, danger_levels(kb), heard["nodes"], ear)


LEVELS = danger_levels(knowledge_base())
DANGERS = frozenset(danger_levels(knowledge_base()))
DEAF = reader(None)
HEARING = reader(load_ear("en-US"))
SMALL = trained(*learnt(BOOK, WORDS, {}))


def told(reading: Reading) -> set[str]:
    """Return what was taken as told; how bad a sign is, too; "a small thing" is none beside it."""
    present = {found.id for found in reading.findings if found.presence is Presence.PRESENT}
    present |= {"severity" for found in reading.findings if found.severity is not None}
    return present - {"minor-symptom", "other-symptom"}


def test_the_same_book_gives_the_same_ear() -> None:
    """Training draws nothing from the machine."""
    assert trained(*learnt(BOOK, WORDS, {})) == trained(*learnt(BOOK, WORDS, {}))


def test_a_small_book_is_learnt() -> None:
    """Its words are heard in another order, and what only sounds like it is not."""
    ear = Ear(SMALL, dict.fromkeys(SMALL["signs"], 0))
    sentence = Normaliser(WORDS).sentence

    assert [
        match.id for match in ear.listen(sentence("on my chest there sits a weight")).mentions
    ] == ["chest-pain"]
    assert ear.listen(sentence("that is the elephant in the room")).mentions == []


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("my feet drag like wet sandbags when i walk", "leg-weakness"),
        ("my mouth won't go up on the left when i smile", "stroke-signs"),
        ("nearly went over when i got up", "near-faint"),
        ("the edge of the red has moved past the pen", "site-spreading-redness"),
        ("i could just walk into the canal tonight", "self-harm"),
    ],
)
def test_what_no_pattern_knows_is_asked_back(text: str, sign: str) -> None:
    """It is doubtful, never present."""
    assert sign not in DEAF.read(text, now=NOW).doubtful
    assert sign in HEARING.read(text, now=NOW).doubtful


@pytest.mark.parametrize(
    "said", ["{}", "it's probably nothing but {}", "{}, just the iron i expect"]
)
def test_making_it_small_hides_nothing(said: str) -> None:
    """What stands around the words of a sign never speaks against it."""
    reading = HEARING.read(said.format("the edge of the red has moved past the pen"), now=NOW)

    assert "site-spreading-redness" in reading.doubtful


@pytest.mark.parametrize("before", ["", "sorry to trouble you but ", "it's no big deal but "])
def test_the_word_before_a_sign_is_not_part_of_it(before: str) -> None:
    """A pair with the word before the sign speaks neither for it nor against it."""
    said = f"{before}sink looks like a murder scene and all i did was throw up"

    assert "vomiting-blood" in HEARING.read(said, now=NOW).doubtful


def test_a_denial_of_what_a_pattern_finds_present_is_asked_about() -> None:
    """The 'no' denies the big deal; the itching within the same words is real."""
    said = "it's no big deal but rush all over body itching too much since morning"

    reading = HEARING.read(said, now=NOW)

    assert {found.id: found.presence for found in reading.findings} == {"itch": Presence.PRESENT}
    assert "widespread-rash-hives" in reading.doubtful


def test_a_denial_is_left_alone() -> None:
    """The ear hears the words of it as well."""
    reading = HEARING.read("i have no chest pain at all", now=NOW)

    assert {found.id: found.presence for found in reading.findings} == {
        "chest-pain": Presence.ABSENT
    }
    assert reading.doubtful == ()


LOUD, QUIET = 250, 150
RIVALS = {
    "jelly": ["loud", LOUD, "quiet", QUIET],
    "marble": ["quiet", 80],
    "brick": ["quiet", QUIET],
}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("jelly", {"loud"}),
        ("brick", {"quiet"}),
        ("jelly and marble", {"loud", "quiet"}),
        ("jelly and then the brick", {"loud", "quiet"}),
    ],
)
def test_the_loudest_sign_is_heard_and_what_has_words_of_its_own(
    said: str, heard: set[str]
) -> None:
    """Of two signs in the same words the quieter one yields, but not what is said beside them."""
    normaliser = Normaliser(WORDS)
    signs = ["loud", "quiet"]
    weights = {
        normaliser.sentence(word).stems[0]: [
            signs.index(one) if isinstance(one, str) else one for one in votes
        ]
        for word, votes in RIVALS.items()
    }
    ear = Ear({"signs": signs, "bias": [-300, -300], "weights": weights}, signs)

    found = ear.listen(normaliser.sentence(said))

    assert {match.id for match in found.mentions} == heard


def test_a_denial_that_holds_the_sign_itself_is_none() -> None:
    """The "no" is of the worry, and the sign stands in the very words of the denial."""
    said = "beim atmen rasselt es, kein grund zur sorge denke ich"
    reading = reader(load_ear("de-DE"), "de-DE").read(said, now=NOW)

    assert "breathing-difficulty" in told(reading) | set(reading.doubtful)


def test_a_danger_no_pattern_must_know_to_be_one() -> None:
    """What is seen the same day by itself is a danger sign, whether a group asks for it or not."""
    assert {"coughing-blood", "hot-joint", "asks-harmful-amount"} <= DANGERS
    assert "coughing-blood" in HEARING.read("i'm coughing a bit of pink stuff up", now=NOW).doubtful


OTHERS = {
    "de-DE": {
        "meine puste reicht nicht bis zur haustür": "breathing-difficulty",
        "ich komme aus dem sessel nur mit beiden armen hoch": "hard-to-climb-stairs",
    },
    "es-ES": {"no me cierran los ojos de lo inflados": "face-lip-swelling"},
    "es-US": {"no me cierran los ojos de lo inflados": "face-lip-swelling"},
    "es-MX": {"no me cierran los ojos de lo inflados": "face-lip-swelling"},
    "fr-FR": {"mon pied claque en marchant": "one-leg-nerve"},
    "fr-CA": {"mon pied claque en marchant": "one-leg-nerve"},
}
"""Locale to what no pattern of it knows, and the sign that it says."""


@pytest.mark.parametrize("locale", sorted(OTHERS))
def test_every_locale_has_the_ear_of_its_language(locale: str) -> None:
    """What no pattern knows is asked back in the other languages as well."""
    deaf, hearing = reader(None, locale), reader(load_ear(locale), locale)

    for text, sign in OTHERS[locale].items():
        assert sign not in deaf.read(text, now=NOW).doubtful, text
        assert sign in hearing.read(text, now=NOW).doubtful, text
        assert told(hearing.read(text, now=NOW)) == told(deaf.read(text, now=NOW)), text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de-DE", "ich habe überhaupt keine schmerzen in der brust"),
        ("es-MX", "no tengo ningún dolor en el pecho"),
        ("es-ES", "no tengo nada de dolor en el pecho"),
        ("fr-CA", "je n'ai pas du tout mal à la poitrine"),
    ],
)
def test_a_denial_is_left_alone_in_other_languages(locale: str, text: str) -> None:
    """The ear hears the words of it as well."""
    reading = reader(load_ear(locale), locale).read(text, now=NOW)

    assert {found.id: found.presence for found in reading.findings} == {
        "chest-pain": Presence.ABSENT
    }
    assert reading.doubtful == ()


@given(st.lists(st.sampled_from(sorted(load_ear("en-US")["weights"])), max_size=40))  # type: ignore[index]
@settings(max_examples=200, deadline=None)
def test_the_ear_only_ever_doubts(words: list[str]) -> None:
    """
    Whatever is said: what patterns found is still there, or is asked back if a danger.

    Only where the same words say another danger sign is that one asked back in its place.
    """
    text = " ".join(words)
    deaf, hearing = DEAF.read(text, now=NOW), HEARING.read(text, now=NOW)

    assert told(hearing) <= told(deaf)
    # "All right" does not stand beside a danger that has to be asked back; how bad it is, and
    # since when, go with a sign that is only asked back.
    gone = told(deaf) - told(hearing)
    lost = gone - {"no-symptoms", "severity", "hours-since-onset"} - set(hearing.doubtful)
    assert lost <= DANGERS
    left = [LEVELS[name] for name in {*told(hearing), *hearing.doubtful} & DANGERS]
    assert all(max(left, default=0) >= LEVELS[name] for name in lost)


@pytest.mark.parametrize(
    "said",
    ["i nearly choked when i saw the parking charge", "the parking charge made me choke"],
)
def test_a_pattern_that_the_ear_finds_unlikely_is_asked_back(said: str) -> None:
    """What only one of the two hears is never taken as told."""
    dangers = told(DEAF.read(said, now=NOW)) & DANGERS
    hearing = HEARING.read(said, now=NOW)

    assert dangers
    assert dangers <= set(hearing.doubtful)
    assert not dangers & told(hearing)


@pytest.mark.parametrize("said", ["she had a seizure", "chest pain", "eight and a half out of ten"])
def test_a_pattern_that_accounts_for_all_words_needs_no_ear(said: str) -> None:
    """There is nothing else in the sentence that could speak against it."""
    assert told(HEARING.read(said, now=NOW)) == told(DEAF.read(said, now=NOW))


def loudest_window(votes: list[Vote]) -> int:
    """Return the largest sum of votes in a row within a window, by trying all."""
    return max(
        (
            sum(weight for _, _, weight in votes[start:end])
            for end in range(1, len(votes) + 1)
            for start in range(end)
            if votes[end - 1][1] - votes[start][0] < WINDOW
        ),
        default=0,
    )


@given(
    st.lists(st.sampled_from(["legs", "like", "jelly", "chest", "on", "my", "room"]), max_size=60)
)
@settings(max_examples=100, deadline=None)
def test_loudness_is_that_of_the_loudest_window(words: list[str]) -> None:
    """How loud a sign is tells its loudest window, where no other one is listened for."""
    sentence = Normaliser(WORDS).sentence(" ".join(words))

    for number, sign in enumerate(SMALL["signs"]):
        heard = Ear(SMALL, [sign]).listen(sentence)
        votes = []
        for first, last, feature in features(sentence):
            weights = SMALL["weights"].get(feature, [])
            known = dict(zip(weights[::2], weights[1::2], strict=True))
            if number in known:
                votes.append((first, last, known[number]))
        assert heard.loudness(sign) == SMALL["bias"][number] + loudest_window(votes)
        assert heard.loudness("itch") is None


def loudest_of_all(votes: list[Vote], breaks: list[int]) -> Stretch | None:
    """Return the loudest stretch, by trying all: of two as loud the first to end, the shorter."""
    found = []
    for end, (latest, last, _) in enumerate(votes):
        for begin in range(end + 1):
            run = votes[begin : end + 1]
            first = min(vote[0] for vote in run)
            spoken = {at for vote in run for at in range(vote[0], vote[1] + 1)}
            silent = last + 1 - first - len(spoken)
            loudness = sum(vote[2] for vote in run) - 2 * silent
            short = end == begin or last + 1 - first <= LONGEST
            if loudness > 0 and short and STOP not in breaks[first + 1 : latest + 1]:
                found.append((loudness, -end, begin, Stretch(loudness, first, last + 1)))
    return max(found)[3] if found else None


@given(
    st.lists(st.just(0) | st.integers(-30, 30), min_size=1, max_size=40),
    st.sets(st.integers(1, 20), max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_the_loudest_stretch_is_found(weights: list[int], stops: set[int]) -> None:
    """Looking at the likeliest ends first finds what looking at all of them finds."""
    breaks = [STOP if at in stops else 0 for at in range(21)]
    # A pair and a word for each word; no pair goes over the end of a sentence.
    votes = [
        (at // 2 - (at % 2 == 0), at // 2, weight)
        for at, weight in enumerate(weights)
        if weight and at and (at % 2 or not breaks[at // 2])
    ]

    assert stretch_of(votes, breaks) == loudest_of_all(votes, breaks)


def test_no_mention_is_longer_than_it_may_be() -> None:
    """Reading time grows with the text, never faster."""
    ear = Ear(load_ear("en-US") or {}, danger_levels(knowledge_base()))
    sentence = Normaliser(WORDS).sentence("chest breath lips throat legs numb " * 60)

    assert all(match.end - match.start <= 2 * LONGEST for match in ear.listen(sentence).mentions)


def test_ears_are_of_their_phrasebooks() -> None:
    """A phrasebook that was changed must be learnt again."""
    for path, signs, phrases in ears():
        assert is_fresh(path, digest_of(signs, phrases)), "run 'make generate'"


def test_phrasebooks_name_findings() -> None:
    """Each entry is a finding of the pack, or one of the two other lists."""
    findings = set(knowledge_base().findings)
    for path in LOCALES.glob("*/phrasebook"):
        book = read_book(path)
        assert set(book) - {"not", "both"} <= findings
        assert {sign for _, *signs in book.get("both") or () for sign in signs} <= findings
