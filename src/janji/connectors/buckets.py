"""Objects of an S3-compatible bucket: copied to a private folder to be read, and replaced one by one if they did not change."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.etree import ElementTree as ET

from janji.connectors.base import Gap
from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.file_rewriting import Replacement, changed, unwritable
from janji.connectors.files import FilesConnector
from janji.errors import Invalid, Refusal, Unavailable
from janji.network.asking import Asker, Reply, Unanswered
from janji.terms.messages import N_, Message, say

WORKSPACE = "janji-bucket-"
CHUNK = 1 << 20
LISTED = 1000
"""Objects on one page of a list."""
LARGEST = 1 << 40
"""Bytes that one object may have."""


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is and what opens it. `prefix` ends with a slash unless it is empty."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


def read_address(url: str) -> BucketAddress:
    """`s3://KEY:SECRET@bucket/prefix?region=...&endpoint=https://...`, key and secret percent-encoded. Raises `Invalid`."""
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        key, secret, bucket = unquote(parts.username or ""), unquote(parts.password or ""), parts.hostname or ""
    except ValueError:
        raise _malformed() from None
    if not (key and secret and bucket) or parts.scheme != "s3" or set(options) - {"region", "endpoint"}:
        raise _malformed()
    region = options.get("region", "us-east-1")
    endpoint = options.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
    prefix = unquote(parts.path).strip("/")
    if not endpoint.startswith(("https://", "http://")):
        raise _malformed()
    return BucketAddress(endpoint, bucket, f"{prefix}/" if prefix else "", region, key, secret)


def open_bucket(system: str, address: BucketAddress, asker: Asker, now: Callable[[], datetime], limits: Limits = LIMITS) -> FilesConnector:
    """The objects under a prefix as a store. They are copied at once: what is read is how they all were then."""
    bucket = Bucket(address, asker, now)
    try:
        return FilesConnector(system, bucket, frozenset({Gap.ATOMIC}), limits)
    except BaseException:
        bucket.close()
        raise


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    tag: str
    size: int


class Bucket:
    """A bucket as a place of files: a copy in a folder that only this user may read, which is gone when it is closed.

    `asker` is closed with it.
    """

    def __init__(self, address: BucketAddress, asker: Asker, now: Callable[[], datetime]) -> None:
        self._address, self._asker, self._now = address, asker, now
        _tidy()
        self.root = Path(tempfile.mkdtemp(prefix=f"{WORKSPACE}{os.getpid()}-")).resolve()
        self._objects: dict[Path, _Object] = {}
        try:
            for one in self._listed():
                path = self.root / _inside(one.key.removeprefix(address.prefix))
                self._fetch(one, path)
                self._objects[path] = one
        except BaseException:
            self.close()
            raise

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody is held off; an object that somebody else replaced meanwhile is not replaced again."""
        yield

    def commit(self, replacements: Sequence[Replacement]) -> bool:
        """Replace each object if it is still the one that was copied. Whether no former version of any stays."""
        gone = True
        for one in replacements:
            held = self._objects[one.target]
            if one.ready is None:
                self._expect(self._ask("DELETE", held.key, headers={"If-Match": held.tag}), 200, 204)
                one.target.unlink()
                self._objects.pop(one.target)
            else:
                reply = self._put(held, one.ready)
                gone = gone and reply.headers.get("x-amz-version-id", "null") == "null"
                one.ready.unlink()
                fresh = self._head(held.key)
                self._fetch(fresh, one.target)  # what is looked at again is what the bucket has
                self._objects[one.target] = fresh
        return gone and not any(self._versions(self._objects))

    def refusals(self, files: Sequence[Path]) -> list[tuple[Message, Message]]:
        """Nothing can be found without writing."""
        return []

    def deepen(self, files: Sequence[Path]) -> bool:
        """Delete former versions of objects: whether none is left."""
        for key, version in list(self._versions(files)):
            self._expect(self._ask("DELETE", key, {"versionId": version}), 200, 204)
        return not any(self._versions(files))

    def close(self) -> None:
        """Remove the copies, and let go of the connections."""
        shutil.rmtree(self.root, ignore_errors=True)
        self._asker.close()

    # -------------------------------------------------------------------------------------------------------- objects

    def _listed(self) -> Iterator[_Object]:
        token: str | None = None
        while True:
            more = {"continuation-token": token} if token else {}
            page = self._page({"list-type": "2", "max-keys": str(LISTED), "prefix": self._address.prefix, **more})
            for item in page.iter("Contents"):
                key, size = item.findtext("Key", ""), int(item.findtext("Size", "0"))
                if not key.endswith("/"):
                    yield _Object(key, item.findtext("ETag", ""), size)
            token = page.findtext("NextContinuationToken")
            if not token:
                return

    def _versions(self, files: Iterable[Path]) -> Iterator[tuple[str, str]]:
        """The former versions of these objects, and those of deleted ones in the same folders."""
        marker: dict[str, str] = {}
        there = [path.relative_to(self.root) for path in files]
        wanted, folders = {self._address.prefix + str(path) for path in there}, {path.parts[0] for path in there if len(path.parts) > 1}
        while True:
            page = self._page({"versions": "", "max-keys": str(LISTED), "prefix": self._address.prefix, **marker})
            items = [*page.iter("Version"), *page.iter("DeleteMarker")]
            deleted = {item.findtext("Key", "") for item in items if item.tag == "DeleteMarker" and item.findtext("IsLatest") == "true"}
            for item in items:
                key, version = item.findtext("Key", ""), item.findtext("VersionId", "null")
                former = item.findtext("IsLatest") != "true" and key in wanted
                if former or (key in deleted and key.removeprefix(self._address.prefix).partition("/")[0] in folders):
                    yield key, version
            if page.findtext("IsTruncated") != "true":
                return
            marker = {"key-marker": page.findtext("NextKeyMarker", ""), "version-id-marker": page.findtext("NextVersionIdMarker", "")}

    def _page(self, query: Mapping[str, str]) -> ET.Element:
        reply = self._expect(self._ask("GET", None, query), 200)
        if b"<!DOCTYPE" in reply.body or b"<!ENTITY" in reply.body:
            raise _unexpected(reply.status)
        try:
            root = ET.fromstring(reply.body)  # noqa: S314 - entities were refused above
        except ET.ParseError:
            raise _unexpected(reply.status) from None
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    def _head(self, key: str) -> _Object:
        reply = self._expect(self._ask("HEAD", key), 200)
        return _Object(key, reply.headers.get("etag", ""), int(reply.headers.get("content-length", "0")))

    def _fetch(self, one: _Object, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("wb") as file:
                reply = self._ask("GET", one.key, headers={"If-Match": one.tag}, take=file.write)
        except OSError as error:
            raise unwritable(error) from None
        self._expect(reply, 200)

    def _put(self, one: _Object, ready: Path) -> Reply:
        with ready.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            reply = self._ask(
                "PUT", one.key, headers={"If-Match": one.tag, "Content-Length": str(ready.stat().st_size)}, digest=digest, body=iter(lambda: file.read(CHUNK), b"")
            )
        return self._expect(reply, 200)

    # ------------------------------------------------------------------------------------------------------- requests

    def _ask(
        self, method: str, key: str | None, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        digest: str = hashlib.sha256(b"").hexdigest(), body: Iterator[bytes] | bytes = b"", take: Callable[[bytes], object] | None = None,
    ) -> Reply:  # fmt: skip
        """One signed request (AWS Signature Version 4), the path with the bucket in it."""
        address = self._address
        endpoint = urlsplit(address.endpoint)
        path = f"{endpoint.path}/{quote(address.bucket, safe='')}" + ("" if key is None else "/" + quote(key, safe="/-_.~"))
        asked = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted((query or {}).items()))
        signed = sign(address, method, endpoint.netloc, path, asked, digest, self._now())
        url = f"{address.endpoint.removesuffix(endpoint.path)}{path}" + (f"?{asked}" if asked else "")
        try:
            if take is None:
                return self._asker.ask(method, url, {**signed, **(headers or {})}, body)
            return self._asker.stream(method, url, {**signed, **(headers or {})}, take, most=LARGEST)
        except Unanswered as error:
            raise Unavailable(
                say(N_("the bucket does not answer (`{word}`)"), word=error.word), say(N_("check its endpoint, and that it may be reached from here"))
            ) from None

    def _expect(self, reply: Reply, *wanted: int) -> Reply:
        if reply.status in wanted:
            return reply
        if reply.status in (404, 409, 412):
            raise changed()
        if reply.status in (401, 403):
            raise Refusal(say(N_("the bucket does not let this key do what is wanted")), say(N_("give the key the rights to list, read, write and delete there")))
        raise _unexpected(reply.status)


def sign(address: BucketAddress, method: str, host: str, path: str, query: str, digest: str, at: datetime) -> dict[str, str]:
    """The headers of AWS Signature Version 4 for S3 at an instant in UTC; `path` and `query` in their canonical form."""
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{address.region}/s3/aws4_request"
    held = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(held)
    request = "\n".join([method, path, query, *(f"{name}:{value}" for name, value in held.items()), "", names, digest])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{address.secret}".encode()
    for part in (stamp[:8], address.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    held["Authorization"] = f"AWS4-HMAC-SHA256 Credential={address.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return held


def _inside(key: str) -> PurePosixPath:
    """The place of an object in the folder of copies; raises `Invalid` for one that would lie elsewhere."""
    parts = key.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise Invalid(say(N_("the bucket holds an object whose name is no path of a file")), say(N_("connect a prefix under which all names are")))
    return PurePosixPath(*parts)


def _tidy() -> None:
    """Remove copies that a process left behind which is no more."""
    for path in Path(tempfile.gettempdir()).glob(f"{WORKSPACE}*"):
        number = path.name.removeprefix(WORKSPACE).partition("-")[0]
        with suppress(OSError):
            if number.isdigit() and path.stat().st_uid == os.getuid() and not Path(f"/proc/{number}").exists():
                shutil.rmtree(path, ignore_errors=True)


def _malformed() -> Invalid:
    return Invalid(
        say(N_("this is no address of a bucket")),
        say(N_("write it as `s3://KEY:SECRET@bucket/prefix?region=...&endpoint=https://...`, key and secret percent-encoded")),
    )


def _unexpected(status: int) -> Unavailable:
    return Unavailable(say(N_("the bucket answered with the status {status}"), status=status), say(N_("look at its own log, and try again")))
