"""A bucket as a store, against a real HTTP server that speaks S3: copied, replaced object by object, former versions let go."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from janji.connectors.base import Gap
from janji.connectors.buckets import Bucket, BucketAddress, open_bucket, read_address, sign
from janji.connectors.files import FilesConnector
from janji.erasure.steps import Delete, Gather, Known, Level, Reach, StorePlan
from janji.errors import Conflict, Invalid, Refusal, Unavailable
from janji.network.addresses import Reach as Network
from janji.network.asking import Asker

SITI, ANDI = "siti.canary@example.id", "andi@example.id"
PEOPLE = [Known(0, "email", SITI)]
PLAN = StorePlan(
    "weblogs", ((Gather("events", (), (Reach(("email",), kind="email"),)),), (Gather("logs", (), (Reach(("session",), "events", ("session",)),)),)),
    actions=(Delete("logs"), Delete("events")),
)  # fmt: skip
SECRET = "s/e+cret"  # noqa: S105 - of nothing
LOOPBACK = Network((ip_network("127.0.0.0/8"),))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """A server that speaks S3, on loopback."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class S3:
    """One bucket, as its owner's own client sees it."""

    def __init__(self, endpoint: str, name: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import boto3

            self.client: Any = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="KEY", aws_secret_access_key=SECRET)
            self.client.create_bucket(Bucket=name)
        self.endpoint, self.name = endpoint, name

    def put(self, key: str, body: str) -> None:
        """Write an object."""
        self.client.put_object(Bucket=self.name, Key=key, Body=body.encode())

    def get(self, key: str) -> str:
        """Read an object."""
        return str(self.client.get_object(Bucket=self.name, Key=key)["Body"].read().decode())

    def everything(self) -> str:
        """Every version of every object."""
        versions = self.client.list_object_versions(Bucket=self.name).get("Versions", [])
        return "\n".join(
            self.client.get_object(Bucket=self.name, Key=item["Key"], VersionId=item["VersionId"])["Body"].read().decode() for item in versions
        )

    def open(self, prefix: str = "data") -> FilesConnector:
        """The bucket through the connector."""
        url = f"s3://KEY:{quote(SECRET, safe='')}@{self.name}/{prefix}?region=us-east-1&endpoint={quote(self.endpoint, safe='')}"
        return open_bucket("weblogs", read_address(url), Asker(LOOPBACK), lambda: datetime.now(UTC))


@pytest.fixture
def bucket(endpoint: str, request: pytest.FixtureRequest) -> S3:
    """A bucket of the test's own, with events in two objects and logs in one."""
    made = S3(endpoint, f"b{abs(hash(request.node.name))}")
    made.put("data/events/a b+c.csv", f"session,email\ns1,{SITI}\ns2,{ANDI}\n")
    made.put("data/events/b.csv", f"session,email\ns3,{SITI}\n")
    made.put("data/logs.jsonl", '{"session":"s1","path":"/a"}\n{"session":"s2","path":"/b"}\n')
    made.put("elsewhere/x.csv", f"email\n{SITI}\n")
    return made


def test_search_and_erase(bucket: S3) -> None:
    """Objects are searched and replaced, an emptied one goes, others are not touched; the copies are gone at the end."""
    connector = bucket.open()
    assert connector.gaps == {Gap.ATOMIC}
    assert set(connector.catalogue().tables) == {"events", "logs"}
    rows: list[Any] = []
    connector.search(PLAN, PEOPLE, lambda person, table, row: rows.append((table, row["session"])))
    assert sorted(rows) == [("events", "s1"), ("events", "s3"), ("logs", "s1")]
    assert connector.preflight(PLAN, PEOPLE) == ()
    effect = connector.erase(PLAN, PEOPLE, "t")
    assert (effect.complete, effect.level) == (True, Level.REWRITTEN)
    copies = connector._place.root
    assert copies.stat().st_mode & 0o777 == 0o700
    connector.close()
    assert not copies.exists()
    assert bucket.get("data/events/a b+c.csv") == f"session,email\ns2,{ANDI}\n"
    assert bucket.get("data/logs.jsonl") == '{"session":"s2","path":"/b"}\n'
    assert bucket.everything().count(SITI) == 1  # elsewhere
    assert bucket.open().reread(PLAN, PEOPLE).complete


def test_former_versions(bucket: S3) -> None:
    """Where a bucket keeps versions the level is only logical, until they are let go on purpose; others' versions stay."""
    bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    bucket.put("elsewhere/x.csv", "email\n")
    connector = bucket.open()
    effect = connector.erase(PLAN, PEOPLE, "t")
    assert (effect.complete, effect.level) == (True, Level.LOGICAL)
    assert bucket.everything().count(SITI) == 3
    assert connector.settle(PLAN, Level.LOGICAL) is Level.LOGICAL
    assert bucket.everything().count(SITI) == 3
    assert connector.settle(PLAN, Level.REWRITTEN) is Level.REWRITTEN
    assert bucket.everything().count(SITI) == 1
    assert bucket.get("data/events/a b+c.csv") == f"session,email\ns2,{ANDI}\n"


def test_an_object_that_changed_is_not_replaced(bucket: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wrote meanwhile loses nothing: the erasure says so, and works the next time."""
    connector = bucket.open()
    real = Bucket.commit

    def late(self: Bucket, replacements: Any) -> bool:
        bucket.put("data/logs.jsonl", '{"session":"s1","path":"/new"}\n{"session":"s9","path":"/new"}\n')
        return real(self, replacements)

    monkeypatch.setattr(Bucket, "commit", late)
    with pytest.raises(Conflict):
        connector.erase(PLAN, PEOPLE, "t")
    monkeypatch.undo()
    assert "s9" in bucket.get("data/logs.jsonl")
    assert SITI in bucket.get("data/events/b.csv")
    assert bucket.open().erase(PLAN, PEOPLE, "t").complete
    assert bucket.get("data/logs.jsonl") == '{"session":"s9","path":"/new"}\n'


def test_many_objects(bucket: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that come in pages are read to their end, of objects and of versions."""
    monkeypatch.setattr("janji.connectors.buckets.LISTED", 2)
    bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    for number in range(7):
        bucket.put(f"many/rows/{number}.csv", f"n,email\n{number},{SITI if number == 6 else ANDI}\n")
    gather = Gather("rows", (), (Reach(("email",), kind="email"),))
    connector = bucket.open("many")
    rows: list[Any] = []
    plan = StorePlan("weblogs", ((gather,),), actions=(Delete("rows"),))
    connector.search(plan, PEOPLE, lambda person, table, row: rows.append(row["n"]))
    assert rows == ["6"]
    assert connector.erase(plan, PEOPLE, "t").level is Level.LOGICAL
    assert connector.settle(plan, Level.REWRITTEN) is Level.REWRITTEN
    assert bucket.everything().count(SITI) == 3


@pytest.mark.parametrize("key", ["../x.csv", "a/../../x.csv", "a//x.csv", "/x.csv"])
def test_names_that_lead_out(bucket: S3, key: str) -> None:
    """An object whose name would lie outside of the copies is not copied."""
    bucket.put(f"bad/{key}", "a\n1\n")
    with pytest.raises(Invalid):
        bucket.open("bad")


def test_addresses_and_errors(endpoint: str, tmp_path: Path) -> None:
    """What is no address is refused; an endpoint inside, a dead one, a bucket that is none are told, never with the key."""
    for url in ("s3://bucket/x", "s3://K:S@/x", "s3://K:S@b/x?other=1", "s3://K:S@b/x?endpoint=ftp://h", "http://K:S@b/x"):
        with pytest.raises(Invalid):
            read_address(url)
    address = BucketAddress(endpoint, "nobody-has-this", "", "us-east-1", "KEY", "s3cr3t")
    assert "s3cr3t" not in repr(address)
    with pytest.raises(Unavailable, match="address"):
        open_bucket("x", address, Asker(Network()), lambda: datetime.now(UTC))
    for found in (address, BucketAddress("http://127.0.0.1:9", "b", "", "r", "KEY", "s3cr3t")):
        with pytest.raises((Unavailable, Conflict, Refusal)) as error:
            open_bucket("x", found, Asker(LOOPBACK), lambda: datetime.now(UTC))
        assert "s3cr3t" not in f"{error.value}{error.value.help}"


def test_signature_is_that_of_the_vendor() -> None:
    """Requests are signed as the vendor's own client signs them."""
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    address = BucketAddress("https://h.example", "b", "", "ap-southeast-3", "AKID", "wJalr/K7MDENG+bPx")
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ours = sign(address, "GET", "h.example", "/b/a%20b%2Bc", "list-type=2&prefix=x%2Fy", digest, at)
    theirs = botocore.awsrequest.AWSRequest("GET", "https://h.example/b/a%20b%2Bc?list-type=2&prefix=x%2Fy", headers={"x-amz-content-sha256": digest})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda: at)
        botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(address.key, address.secret), "s3", address.region).add_auth(theirs)
    assert ours["Authorization"] == theirs.headers["Authorization"]
