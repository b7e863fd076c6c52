"""A real S3 API on loopback, moto's, with one bucket."""

import logging

import boto3
from moto.server import ThreadedMotoServer

SECRETS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
BUCKET = "store"


class S3Server:
    """The server, running in a `with` block; `uri` is its address."""

    def __enter__(self) -> "S3Server":
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # else a line a request
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.uri = f"http://{host}:{port}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.uri,
            region_name="us-east-1",
            aws_access_key_id=SECRETS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=SECRETS["AWS_SECRET_ACCESS_KEY"],
        )
        self.client.create_bucket(Bucket=BUCKET)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.stop()

    def names(self) -> set[str]:
        """The names of all the objects."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {each["Key"] for page in pages for each in page.get("Contents", [])}
