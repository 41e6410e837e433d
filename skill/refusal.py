"""
Why a request is refused: one tree of causes, each of which the web service answers with HTTP 400.

    RefusalError
    ├── HeaderError            a header of the signature is missing or malformed
    ├── CertificateUrlError    the certificate URL is not one of Amazon's
    ├── CertificateFetchError  the certificate chain cannot be had
    ├── CertificateChainError  the chain is malformed, untrusted, expired or another's
    ├── SignatureError         the body is not what the certificate's key signed
    ├── BodyError              the body is no Alexa request envelope
    ├── TimestampError         the request is too old, too new, or does not say
    └── ApplicationIdError     the request is meant for another skill

A message names the cause for whoever reads the log. It never holds any part of the body but
a timestamp or an application id, because a body says what a patient said.
"""

from __future__ import annotations


class RefusalError(Exception):
    """
    A request that is not provably Alexa's, for this skill, and now.

    Attributes:
        cause: what is wrong and what is allowed, fit for a log.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class HeaderError(RefusalError):
    """A header of the signature is missing or malformed."""


class CertificateUrlError(RefusalError):
    """The certificate URL is not one of Amazon's."""


class CertificateFetchError(RefusalError):
    """The certificate chain cannot be had from where the URL points."""


class CertificateChainError(RefusalError):
    """The certificate chain is malformed, untrusted, expired or another's."""


class SignatureError(RefusalError):
    """The body is not what the certificate's key signed."""


class BodyError(RefusalError):
    """The body is no Alexa request envelope."""


class TimestampError(RefusalError):
    """The request is too old, too new, or does not say when it was made."""


class ApplicationIdError(RefusalError):
    """The request is meant for another skill, or does not say for which."""


def shown(value: object, at_most: int = 120) -> str:
    """A foreign value, quoted and cut so that it cannot forge or flood a log line."""
    text = ascii(value)
    return text if len(text) <= at_most else f"{text[:at_most]}..."
