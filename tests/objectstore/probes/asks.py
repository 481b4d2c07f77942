"""What probes say to a server, in few words."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

KEY = "team/iris/1.0.0-0123456789ab/model.bin"
MINIMUM = 5 << 20
RACERS = 20


def sha256(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def refused(code, call, **arguments):
    """Demand that a call is refused with one of the codes, given as one text."""
    try:
        call(**arguments)
    except ClientError as error:
        said = error.response["Error"]["Code"]
        assert said in code.split(), f"{said}, not {code}"
        return error.response
    raise AssertionError(f"{call.__name__} was not refused")


def body(client, bucket, key=KEY, **arguments):
    return client.get_object(Bucket=bucket, Key=key, **arguments)["Body"].read()


def exists(client, bucket, key=KEY):
    found = client.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents", [])
    return key in [row["Key"] for row in found]


class Upload:
    """An upload in parts; `settings` are those of its start."""

    def __init__(self, client, bucket, key=KEY, **settings):
        self.client = client
        made = client.create_multipart_upload(Bucket=bucket, Key=key, **settings)
        self.where = {"Bucket": bucket, "Key": key, "UploadId": made["UploadId"]}
        self.parts = []

    def put(self, data, number=None, **settings):
        number = number or len(self.parts) + 1
        said = self.client.upload_part(**self.where, PartNumber=number, Body=data, **settings)
        return self.add(number, said)

    def copy(self, number, **settings):
        said = self.client.upload_part_copy(**self.where, PartNumber=number, **settings)
        return self.add(number, said["CopyPartResult"])

    def add(self, number, said):
        sums = {name: value for name, value in said.items() if name in {"ChecksumSHA256", "ChecksumCRC32"}}
        self.parts.append({"PartNumber": number, "ETag": said["ETag"], **sums})
        return self

    def complete(self, **settings):
        parts = {"Parts": sorted(self.parts, key=lambda part: part["PartNumber"])}
        return self.client.complete_multipart_upload(**self.where, MultipartUpload=parts, **settings)

    def abort(self):
        self.client.abort_multipart_upload(**self.where)


def winners(server, prepare, finish):
    """How many of 20 that race are let through; each is prepared before the first may finish."""
    barrier = threading.Barrier(RACERS)
    client = server.client(read_timeout=60)  # a server may let them wait for each other

    def race(number):
        prepared = prepare(client, number)
        barrier.wait(60)
        try:
            finish(client, prepared)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "won"

    with ThreadPoolExecutor(RACERS) as pool:
        said = list(pool.map(race, range(RACERS)))
    assert set(said) <= {"won", "PreconditionFailed", "ConditionalRequestConflict"}
    return said.count("won")


def signed_get(access, target):
    """Status and body of one request, as text, which no client of S3 sends on to elsewhere."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.httpsession import URLLib3Session

    request = AWSRequest("GET", access.endpoint + target)
    S3SigV4Auth(Credentials(access.key, access.secret), "s3", access.region).add_auth(request)
    answer = URLLib3Session(verify=access.authority or True).send(request.prepare())
    return answer.status_code, answer.text


def noise(size):
    return os.urandom(size)
