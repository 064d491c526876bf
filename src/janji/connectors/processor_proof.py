"""Who signed an answer of a processor: its certificate, issued by an authority for its domain, and RSA or ECDSA over the bytes."""

from __future__ import annotations

import base64
import binascii
import ssl
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, DNSName, load_der_x509_certificate, load_pem_x509_certificates
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from janji.errors import Refusal
from janji.terms.messages import N_, say

DOMAIN_HEADER, SIGNATURE_HEADER = "X-OpenDSR-Processor-Domain", "X-OpenDSR-Signature"
LEAST_BITS = 2048
"""Bits of an RSA key that still prove something."""
LONGEST = 4096
"""Characters of a signature."""


class Unproven(Refusal):
    """What was sent is not proven to come from the processor. Which check failed is not told: it would help who tries."""


def proven(certificate: str, domain: str, at: datetime, signature: str, body: bytes) -> None:
    """See that the bytes were signed for the domain, by a certificate that is good at an instant. Raises `Unproven`.

    The bytes are not read before. `certificate` is in PEM, with those between it and the authority behind it.
    """
    try:
        key = trusted(certificate, domain, at).public_key()
        signed = base64.b64decode("".join(signature[:LONGEST].split()), validate=True)
        if isinstance(key, RSAPublicKey):
            key.verify(signed, body, PKCS1v15(), SHA256())
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signed, body, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise _unproven() from None


def trusted(certificate: str, domain: str, at: datetime) -> Certificate:
    """The certificate, if an authority of this system (or of `SSL_CERT_FILE`) issued it for the domain and it is good then.

    Its key is of RSA with at least `LEAST_BITS`, or of an elliptic curve. Raises `Unproven`.
    """
    try:
        leaf, *between = load_pem_x509_certificates(certificate.encode("ascii"))
        roots = [load_der_x509_certificate(one) for one in ssl.create_default_context().get_ca_certs(binary_form=True)]
        PolicyBuilder().store(Store(roots)).time(at).build_server_verifier(DNSName(domain)).verify(leaf, between)
    except (ValueError, VerificationError):
        raise _unproven() from None
    key = leaf.public_key()
    if not isinstance(key, EllipticCurvePublicKey) and not (isinstance(key, RSAPublicKey) and key.key_size >= LEAST_BITS):
        raise _unproven()
    return leaf


def _unproven() -> Unproven:
    return Unproven(say(N_("this is not proven to come from the processor")), say(N_("it must be signed with the certificate of its domain")))
