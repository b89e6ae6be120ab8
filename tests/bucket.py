"""A server that speaks S3, on loopback, for tests of files in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

from touchstone.integrations.objects import Bucket


@contextmanager
def bucket_server(name: str = "touchstone-files", prefix: str = "") -> Iterator[Bucket]:
    """An empty bucket; the server stops afterwards."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = Bucket(
        name=name,
        endpoint=f"http://{host}:{port}",
        access_key="key",
        secret_key="secret",
        addressing="path",
        prefix=prefix,
    )
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=name)
    try:
        yield bucket
    finally:
        server.stop()
