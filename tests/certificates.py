"""
A certificate authority for tests: root, intermediate, and leaves that sign as Alexa does.

Nothing here is trusted by anybody: a test hands the root to the code under test. The two
authorities have elliptic keys because these are made in no time; leaves have RSA keys because
Alexa's do.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterable

AuthorityKey = ec.EllipticCurvePrivateKey
LeafKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

ALEXA = "echo-api.amazon.com"
DAY = timedelta(days=1)
CHAIN_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-12.pem"
"""Where Alexa's chain lies, as far as the tests are concerned."""


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """The same key for the same arguments: making one takes longer than most tests."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Signer:
    """A leaf certificate with its key, and the chain that it is presented with."""

    key: LeafKey
    certificate: x509.Certificate
    chain: bytes

    def sign(self, body: bytes) -> str:
        """What Alexa puts into Signature-256 for this body."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            signature = self.key.sign(body, PKCS1v15(), SHA256())
        else:
            signature = self.key.sign(body, ec.ECDSA(SHA256()))
        return base64.b64encode(signature).decode()

    def pem_with_key(self) -> bytes:
        """Key and chain in one file, as a TLS server loads them."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.chain


class Authority:
    """
    A root and an intermediate under it, which issues leaves.

    Args:
        name: what it calls itself.
        now: the moment around which its certificates are valid.
    """

    def __init__(self, name: str = "Test", now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._key = ec.generate_private_key(ec.SECP256R1())
        root_name = _name(f"{name} Root")
        self._name = _name(f"{name} Intermediate")
        self.root = self._authority(root_name, self._root_key, root_name, length=1)
        self.intermediate = self._authority(self._name, self._key, root_name, length=0)

    def leaf(
        self,
        names: Iterable[str] = (ALEXA,),
        *,
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        key: LeafKey | None = None,
        with_intermediate: bool = True,
    ) -> Signer:
        """
        A leaf for these host names or addresses (none: no SAN at all), and its chain.

        `begins` and `ends` count from the authority's `now`.
        """
        key = key or rsa_key()
        names = list(names)
        builder = (
            self._builder(_name(names[0] if names else ALEXA), self._name, key.public_key())
            .not_valid_before(self.now + begins)
            .not_valid_after(self.now + ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_issued_by(self._key), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]),
                critical=False,
            )
        certificate = builder.sign(self._key, SHA256())
        chain = [certificate, *([self.intermediate] if with_intermediate else [])]
        return Signer(key, certificate, b"".join(c.public_bytes(Encoding.PEM) for c in chain))

    def _authority(
        self, subject: x509.Name, key: AuthorityKey, issuer: x509.Name, *, length: int
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            key_cert_sign=True,
            crl_sign=True,
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            self._builder(subject, issuer, key.public_key())
            .not_valid_before(self.now - 1000 * DAY)
            .not_valid_after(self.now + 1000 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
            .add_extension(_issued_by(self._root_key), critical=False)
            .add_extension(usage, critical=True)
            .sign(self._root_key, SHA256())
        )

    @staticmethod
    def _builder(
        subject: x509.Name,
        issuer: x509.Name,
        key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


def _issued_by(key: AuthorityKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class ChainStore:
    """Where certificate chains lie, and what was asked of it."""

    def __init__(self, chain: bytes) -> None:
        self.chain = chain
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        """The same chain, whatever the URL."""
        self.asked.append(url)
        return self.chain


class StandingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The moment at which it stands."""
        return self.moment
