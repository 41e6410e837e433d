"""The local speaker, talked to as a program and as a person do: through its own process."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from skill.phrases import load_locale, shipped_locales
from skill.talk import LONGEST_UTTERANCE

ROOT = Path(__file__).resolve().parent.parent
LOCALE = load_locale("en-US")
FIELDS = [
    *("utterance", "locale", "intent", "slots", "patient", "findings", "floor", "urgency"),
    *("causes", "advice", "withheld", "rules", "knowledge_base", "engine", "differences"),
    *("question", "speech", "reprompt", "expects", "session_ended", "error", "elapsed_ms"),
]
EXPECTED = {
    *("yes-no", "severity", "onset", "product", "temperature", "number", "age", "symptom", "any"),
    None,
}
URGENCIES = ["self-care", "routine", "within-24-hours", "same-day", "emergency"]


def talk(said: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Start the speaker, say this, and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "skill.cli", "talk", *options],
        input=said,
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=False,
    )


def answers(said: bytes, *options: str) -> list[dict[str, Any]]:
    """The answers of the machine face to these bytes, one object a line."""
    spoken = talk(said, "--json", *options)
    assert spoken.returncode == 0
    assert b"Traceback" not in spoken.stderr
    lines = spoken.stdout.decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def say(*lines: str, locale: str = "en-US") -> list[dict[str, Any]]:
    """The answers to these lines."""
    return answers("".join(f"{line}\n" for line in lines).encode(), "--locale", locale)


def test_no_field_is_ever_left_out() -> None:
    """Every line is answered by the whole object, in the order that is documented."""
    said = ["my back hurts", "", "🙂", "x" * 10_000, "no", "stop", "what's the weather"]

    for answer in say(*said):
        assert list(answer) == FIELDS
        assert answer["expects"] in EXPECTED
        assert answer["speech"]
        assert answer["session_ended"] == (answer["reprompt"] is None)
        assert answer["urgency"] in {*URGENCIES, None}


ODD = {
    "nothing": b"\n",
    "spaces": b" \t \n",
    "ten thousand letters": b"a" * 10_000 + b"\n",
    "too many words": b"my back hurts " * 1000 + b"\n",
    "an emoji": "\N{SLIGHTLY SMILING FACE}\n".encode(),
    "no UTF-8": b"\xff\xfe\x80\n",
    "a bad byte in a word": b"my b\xffack hurts\n",
    "control characters": b"\x00\x07\x1b[31m\n",
    "a byte order mark": "\ufeffmy back hurts\n".encode(),
    "other line breaks": "my back\u2028hurts\x85\n".encode(),
    "a line end of another system": b"my back hurts\r\n",
    "no line end": b"my back hurts",
    "an object": b"{}\n",
    "markup": b"<speak>&amp;</speak>\n",
}


@pytest.mark.parametrize("said", ODD.values(), ids=ODD)
def test_whatever_comes_is_answered_in_one_line_of_speech(said: bytes) -> None:
    """Silence, noise and bytes of any kind get one spoken answer each, and no error."""
    (answer,) = answers(said)

    assert answer["speech"]
    assert answer["error"] is None
    assert len(answer["utterance"]) <= 200


def test_bad_bytes_become_replacement_characters() -> None:
    """What is no UTF-8 is shown as U+FFFD."""
    (answer,) = answers(b"\xff\xfe\n")

    assert answer["utterance"] == "\ufffd\ufffd"
    assert answer["intent"] == "AMAZON.FallbackIntent"


def test_what_is_too_long_is_refused_and_not_kept() -> None:
    """Over a thousand characters the words reach nobody; up to then they count."""
    filler = "x " * 480
    long, short = say(
        filler + "and then my chest really hurts " * 3, filler[:900] + "my back hurts"
    )

    assert long["intent"] == "AMAZON.FallbackIntent"
    assert long["findings"] == {}
    assert len(long["utterance"]) == 200
    assert short["findings"].get("back-pain") == "present"
    assert len(filler) < LONGEST_UTTERANCE


def test_silence_is_answered_by_the_reprompt_then_ends_the_session() -> None:
    """One silence hears the question again, a second one how to be safe."""
    first, again, last, fresh = say("my back hurts", "", "", "no")

    assert again["speech"] == first["reprompt"]
    assert again["question"] == first["question"]
    assert not again["session_ended"]
    assert last["session_ended"]
    assert "911" in last["speech"]
    assert URGENCIES.index(last["urgency"]) >= URGENCIES.index("within-24-hours")
    assert fresh["findings"] == {}
    assert fresh["urgency"] is None or fresh["urgency"] == "within-24-hours"


def test_two_silences_apart_do_not_end_the_session() -> None:
    """Only silences in a row count."""
    assert not any(answer["session_ended"] for answer in say("", "my back hurts", "", "no", ""))


def test_a_stop_ends_the_session_and_the_next_line_begins_a_new_one() -> None:
    """Nothing is carried over."""
    reported, stopped, fresh = say("my back hurts", "stop", "fever")

    assert reported["findings"] == {"back-pain": "present"}
    assert stopped["session_ended"]
    assert stopped["expects"] is None
    assert "back-pain" not in fresh["findings"]
    assert not fresh["session_ended"]


def test_findings_are_kept_from_turn_to_turn() -> None:
    """Session attributes travel back and forth as on a device."""
    *_, last = say("my back hurts", "six out of ten", "two days ago")

    assert last["findings"]["back-pain"] == "present"
    assert last["findings"]["severity"] == 6
    assert last["findings"]["hours-since-infusion"] == 48


def test_one_shots_and_openings_work_in_an_open_skill() -> None:
    """What opens the skill may be said to it once it is open."""
    opened, asked = say("open iron guide", "ask iron guide why my back hurts")

    assert opened["intent"] == "LaunchRequest"
    assert opened["expects"] == "symptom"
    assert asked["intent"] == "WhyIntent"
    assert asked["slots"] == {"symptom": {"value": "back hurts", "id": "back-pain"}}
    assert asked["findings"] == {"back-pain": "present"}


def test_slots_show_each_value_of_a_list() -> None:
    """Several symptoms in one sentence are shown one by one."""
    (answer,) = say("sore back and fever")

    values = answer["slots"]["symptom"]["values"]
    assert [value["id"] for value in values] == ["back-pain", "fever"]


@pytest.mark.parametrize(("locale", "number"), [("en-US", "911"), ("en-GB", "999")])
def test_the_locale_decides_the_number(locale: str, number: str) -> None:
    """An emergency names the number of the country, and no other."""
    (answer,) = say("my face is swelling up", locale=locale)

    assert answer["locale"] == locale
    assert answer["urgency"] == "emergency"
    assert number in answer["speech"]


@pytest.mark.parametrize("locale", ["nl-NL", "en", "", "../en-US", "\udcff"])
def test_an_unknown_locale_is_refused_in_one_line(locale: str) -> None:
    """Exit code 2, and one line that says what is allowed."""
    spoken = talk(b"my back hurts\n", "--json", "--locale", locale)

    assert spoken.returncode == 2
    assert spoken.stdout == b""
    assert spoken.stderr.count(b"\n") == 1
    assert ", ".join(shipped_locales()).encode() in spoken.stderr


def test_no_input_is_no_output() -> None:
    """The greeting is not printed, and the end of input is no error."""
    assert answers(b"") == []


def test_an_answer_comes_before_the_next_line() -> None:
    """Each answer is flushed: who talks to the speaker need not close its input first."""
    command = [sys.executable, "-m", "skill.cli", "talk", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as speaker:
        assert speaker.stdin
        assert speaker.stdout
        for line in (b"my back hurts\n", b"no\n"):
            speaker.stdin.write(line)
            speaker.stdin.flush()
            assert json.loads(speaker.stdout.readline())["utterance"] == line.decode().strip()
        speaker.stdin.close()
        assert speaker.wait(60) == 0


def test_nobody_listening_is_no_error() -> None:
    """When the reader of the answers goes away the speaker stops without a word."""
    command = f"printf 'fever\\nno\\nno\\n' | {sys.executable} -m skill.cli talk --json | head -n 0"
    spoken = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, timeout=120, check=False
    )

    assert b"Traceback" not in spoken.stderr
    assert b"BrokenPipe" not in spoken.stderr


def test_a_person_is_greeted_and_answered() -> None:
    """In the terminal: a greeting and an answer."""
    spoken = talk(b"my back hurts\n").stdout.decode()

    assert "Welcome to Iron Guide" in " ".join(spoken.split())
    assert "Do you have" in spoken


@pytest.mark.parametrize(
    ("locale", "said", "stop"),
    [
        ("en-US", "my back hurts", "stop"),
        ("de-DE", "mein Rücken tut weh", "stopp"),
        ("fr-FR", "", "stop"),
    ],
)
def test_who_leaves_hears_what_who_stops_hears(locale: str, said: str, stop: str) -> None:
    """At the end of input too, an interview cut short is told by when to be looked at."""
    lines = [said] if said else []
    *_, stopped = say(*lines, stop, locale=locale)
    written = "".join(f"{line}\n" for line in lines).encode()

    left = talk(written, "--locale", locale).stdout.decode()

    assert stopped["intent"] == "AMAZON.StopIntent"
    assert " ".join(left.split()).endswith(stopped["speech"])


def test_who_leaves_after_the_end_of_a_session_hears_no_more() -> None:
    """The goodbye was said."""
    spoken = talk(b"my back hurts\nstop\n").stdout.decode()

    assert spoken.count("Goodbye.") == 1


def test_a_person_may_see_the_reasons() -> None:
    """With --trace each turn shows its intent, findings and rules."""
    spoken = talk(b"my face is swelling up\n", "--trace").stdout.decode()

    assert "findings  face-lip-swelling=present" in spoken
    assert "urgency   emergency" in spoken


def test_control_c_ends_politely() -> None:
    """In a real terminal an interrupt leaves no traceback."""
    master, follower = pty.openpty()
    command = [sys.executable, "-m", "skill.cli", "talk"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509 - the child makes this its terminal
    ) as speaker:
        os.close(follower)
        heard = b""
        while b"> " not in heard:
            heard += os.read(master, 1024)
        # An interrupt between the prompt and the waiting for a key is noticed at the next key.
        for _ in range(100):
            os.write(master, b"\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                speaker.wait(0.3)
                break
        else:
            speaker.kill()
        assert speaker.wait() == 0
        with contextlib.suppress(OSError):  # so Linux says that the other side is closed
            heard += os.read(master, 4096)
    os.close(master)

    assert b"Traceback" not in heard


def _own_terminal() -> None:
    import fcntl  # noqa: PLC0415 - in the child alone
    import termios  # noqa: PLC0415

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A test-suite in the background is told to ignore interrupts, and would pass that on.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
