"""Word from Janji is believed only when its signature fits, its time is near, and it is new."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from janji_client.webhooks import Receiver, Unverified

SECRET = bytes(range(24))
KEY = "whsec_" + base64.b64encode(SECRET).decode()
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = "whpk_" + base64.b64encode(SIGNER.public_key().public_bytes_raw()).decode()
BODY = json.dumps({"type": "withdrawal", "timestamp": "2026-11-23T03:00:00.000Z", "data": {"purpose": "news"}}).encode()


def shared(signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(SECRET, signed, "sha256")).decode()


def private(signed: bytes) -> str:
    return "v1a," + base64.b64encode(SIGNER.sign(signed)).decode()


def headers(signature: str | None = None, ago: float = 0, body: bytes = BODY) -> dict[str, str]:
    stamp = str(int(time.time() - ago))
    signed = b".".join((b"msg_1", stamp.encode(), body))
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": stamp, "Webhook-Signature": signature or shared(signed) + " " + private(signed)}


def test_the_example_of_the_standard() -> None:
    """The vector of the Standard Webhooks specification's own libraries fits."""
    given = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
             "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}  # fmt: skip
    receiver = Receiver("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", tolerance=float("inf"))
    with pytest.raises(Unverified, match="no message"):  # the signature fits; `{"test": ...}` is not one of Janji's
        receiver.read(given, b'{"test": 2432232314}')
    with pytest.raises(Unverified, match="no signature"):
        receiver.read(given, b'{"test": 2432232315}')


@pytest.mark.parametrize("key", [KEY, PUBLIC])
def test_a_message_that_is_signed(key: str) -> None:
    """Either kind of signature is enough, whatever stands beside it."""
    message = Receiver(key).read(headers(), BODY)
    assert (message.id, message.type, message.data["purpose"], message.repeated) == ("msg_1", "withdrawal", "news", False)
    assert message.at == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_keys_may_change() -> None:
    """While a key is being changed, one signature by one of several keys is enough."""
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    assert Receiver(other, KEY).read(headers(), BODY).type == "withdrawal"
    with pytest.raises(Unverified):
        Receiver(other).read(headers(), BODY)


@pytest.mark.parametrize("key", [KEY, PUBLIC])
@pytest.mark.parametrize("signature", ["", "v1,", "v1a,", "v1", "v1,AAAA", "v1a," + "A" * 86 + "==", "v2,x", "v1,\u00e9"])
def test_a_signature_that_does_not_fit(key: str, signature: str) -> None:
    """Nothing but a signature that fits is believed."""
    with pytest.raises(Unverified):
        Receiver(key).read(headers(signature or " "), BODY)


def test_a_signature_under_the_other_name() -> None:
    """A signature counts only under the name of its own kind."""
    right = headers()["Webhook-Signature"].split()
    for key, wrong in ((KEY, right[0].replace("v1,", "v1a,")), (PUBLIC, right[1].replace("v1a,", "v1,"))):
        with pytest.raises(Unverified):
            Receiver(key).read(headers(wrong), BODY)


def test_another_body_id_or_time() -> None:
    """What was signed is body, id and time together."""
    receiver, good = Receiver(KEY), headers()
    for changed, body in ((good, BODY + b" "), ({**good, "Webhook-Id": "msg_2"}, BODY),
                          ({**good, "Webhook-Timestamp": str(int(good["Webhook-Timestamp"]) + 1)}, BODY)):  # fmt: skip
        with pytest.raises(Unverified, match="no signature"):
            receiver.read(changed, body)


@pytest.mark.parametrize("ago", [400, -400])
def test_an_old_message(ago: float) -> None:
    """A message from another time is not believed, though its signature fits."""
    with pytest.raises(Unverified, match="too old"):
        Receiver(KEY).read(headers(ago=ago), BODY)
    assert Receiver(KEY, tolerance=500).read(headers(ago=ago), BODY).id == "msg_1"


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "\u0661", "9" * 400])
def test_a_time_that_is_none(stamp: str) -> None:
    """A time that is no number is no time."""
    with pytest.raises(Unverified):
        Receiver(KEY).read({**headers(), "Webhook-Timestamp": stamp}, BODY)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{}", b'{"type": "x"}', b'{"type": 1, "timestamp": "2026-11-23", "data": {}}',
                                  b'{"type": "x", "timestamp": "2026-11-23", "data": []}', b'{"type": "x", "timestamp": 1, "data": {}}', b"\xff"])  # fmt: skip
def test_a_body_that_is_no_message(body: bytes) -> None:
    """What is signed and yet no message is not given on."""
    with pytest.raises(Unverified, match="no message"):
        Receiver(KEY).read(headers(body=body), body)


def test_a_message_that_came_before() -> None:
    """A message that came before is told apart; one that is not proven is never noted down."""
    seen: set[str] = set()

    def first(message: str) -> bool:
        new = message not in seen
        seen.add(message)
        return new

    receiver = Receiver(KEY, first=first)
    with pytest.raises(Unverified):
        receiver.read(headers("v1,AAAA"), BODY)
    assert seen == set()
    assert [receiver.read(headers(), BODY).repeated for _ in range(2)] == [False, True]


@pytest.mark.parametrize("key", ["", "secret", "whsec_!", "whpk_é"])
def test_a_key_that_is_none(key: str) -> None:
    """A key that is none is found at the start, and not shown."""
    with pytest.raises(ValueError, match="webhook's key") as caught:
        Receiver(key)
    assert key[6:] == "" or key not in str(caught.value)
    with pytest.raises(ValueError, match="needs"):
        Receiver()
