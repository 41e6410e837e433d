"""
A stand-in for certvalidator that lets the SDK's verifier be imported, and never lets it pass.

The SDK's own verifier imports certvalidator, whose oscrypto cannot be imported beside OpenSSL
3.0.10 and later (wbond/oscrypto#78). `skill.verifier` does the work with cryptography instead.
"""

from __future__ import annotations

import sys
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotAvailableError(Exception):
    """Raised in place of every validation."""


class CertificateValidator:
    """Validates nothing and says so."""

    def __init__(self, *_args: object, **_options: object) -> None:
        raise NotAvailableError("requests are verified by skill.verifier")


@contextmanager
def without_certvalidator() -> Iterator[None]:
    """While this lasts, `import certvalidator` gives the stand-in; afterwards all is as before."""
    stub, errors = types.ModuleType("certvalidator"), types.ModuleType("certvalidator.errors")
    names = {"certvalidator": stub, "certvalidator.errors": errors}
    vars(errors).update(PathError=NotAvailableError, ValidationError=NotAvailableError)
    vars(stub).update(CertificateValidator=CertificateValidator, errors=errors)
    before = {name: sys.modules[name] for name in names if name in sys.modules}
    sys.modules.update(names)
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
