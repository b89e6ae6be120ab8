"""Objects in a bucket: Amazon S3, Tencent COS, Aliyun OSS, MinIO and others that speak S3."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from touchstone.common.errors import PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.integrations.objects.store import BLOCK

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
PASSING = frozenset({"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"})


@dataclass(frozen=True)
class Bucket:
    """Where the bucket is.

    Attributes:
        endpoint: of a service other than Amazon's, with its scheme.
        addressing: ``path``, ``virtual`` or ``auto``; MinIO wants ``path``.
        prefix: put before every key, to share a bucket.
    """

    name: str
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    addressing: str = "auto"
    prefix: str = ""


class S3Store:
    """See `ObjectStore`."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    @cached_property
    def _client(self) -> Any:
        # Imported where it is used: it costs a third of a second that folders need not pay.
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.bucket.endpoint or None,
            region_name=self.bucket.region,
            aws_access_key_id=self.bucket.access_key or None,
            aws_secret_access_key=self.bucket.secret_key or None,
            config=Config(
                connect_timeout=3,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 3},
                s3={"addressing_style": self.bucket.addressing},
                # Services other than Amazon's do not know the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, data: bytes) -> None:
        with _told():
            self._client.put_object(Bucket=self.bucket.name, Key=self._key(key), Body=data)

    def put_file(self, key: str, path: Path) -> None:
        with _told():
            self._client.upload_file(str(path), self.bucket.name, self._key(key))
        path.unlink()

    def get(self, key: str) -> bytes:
        with _told():
            answer = self._client.get_object(Bucket=self.bucket.name, Key=self._key(key))
            return bytes(answer["Body"].read())

    def size(self, key: str) -> int | None:
        try:
            with _told():
                answer = self._client.head_object(Bucket=self.bucket.name, Key=self._key(key))
        except FileNotFoundError:
            return None
        return int(answer["ContentLength"])

    def blocks(self, key: str, first: int, length: int) -> Iterator[bytes]:
        if length <= 0:
            return
        with _told():
            answer = self._client.get_object(
                Bucket=self.bucket.name,
                Key=self._key(key),
                Range=f"bytes={first}-{first + length - 1}",
            )
            with contextlib.closing(answer["Body"]) as body:
                while block := body.read(BLOCK):
                    yield block

    def delete(self, key: str) -> None:
        with _told():
            self._client.delete_object(Bucket=self.bucket.name, Key=self._key(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _told():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name, Prefix=self._key(prefix)
            )
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self.bucket.prefix)

    def _key(self, key: str) -> str:
        return f"{self.bucket.prefix}{key}"


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The service's errors as ours."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise FileNotFoundError(code) from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in PASSING or status >= 500:
            raise TemporaryOutsideError(say("files.store_unreachable", why=code)) from error
        raise PermanentOutsideError(say("files.store_refuses", why=code)) from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise TemporaryOutsideError(
            say("files.store_unreachable", why=type(error).__name__)
        ) from error
