"""The faults of the fake are faults: each is seen by a plain client, and by nobody when it is over."""

import http.client
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from urllib3.exceptions import HTTPError

from objectstore.faults import (
    ErrorInside,
    First,
    Flip,
    Length,
    Lost,
    Refuse,
    Reset,
    Rewrite,
    Stall,
    Truncate,
    Without,
)
from objectstore.probes.asks import Upload, refused, signed_get
from objectstore.signature import Credential

KEY = "folder/object"
DATA = b"0123456789" * 100
BROKEN = (BotoCoreError, HTTPError, OSError)


@pytest.fixture
def bucket(fake_s3):
    name = fake_s3.new_bucket()
    fake_s3.client().put_object(Bucket=name, Key=KEY, Body=DATA)
    fake_s3.forget()
    return name


def read(fake_s3, bucket, **more):
    return fake_s3.client(read_timeout=0.3).get_object(Bucket=bucket, Key=KEY, **more)["Body"].read()


@pytest.mark.parametrize(
    "action", [Truncate(), Truncate(0.0), Reset(), Reset(0.0), Stall(), Stall(0.5), Length(5)], ids=repr
)
def test_what_breaks_a_connection_breaks_it_once(fake_s3, bucket, action):
    fake_s3.fail("GetObject", action, key="folder/*")
    with pytest.raises(BROKEN):
        read(fake_s3, bucket)
    assert read(fake_s3, bucket) == DATA


def test_what_is_wrong_on_the_way_is_wrong(fake_s3, bucket):
    fake_s3.fail("GetObject", Length(-5))
    assert read(fake_s3, bucket, Range="bytes=0-") == DATA[:-5]
    fake_s3.fail("GetObject", Flip(0.0))
    assert read(fake_s3, bucket, Range="bytes=0-") == b"1" + DATA[1:]
    fake_s3.fail("GetObject", Without(("range",)))
    assert read(fake_s3, bucket, Range="bytes=0-9") == DATA
    fake_s3.fail("GetObject", Rewrite(lambda answer: setattr(answer, "body", b"other")))
    assert read(fake_s3, bucket, Range="bytes=0-9") == b"other"
    fake_s3.fail("GetObject", First(lambda world: world.overwrite(bucket, KEY, b"new")))
    assert read(fake_s3, bucket) == b"new"


def test_a_reset_while_bytes_come_stores_nothing(fake_s3, bucket):
    fake_s3.fail("PutObject", Reset())
    with pytest.raises(HTTPClientError):
        fake_s3.client().put_object(Bucket=bucket, Key="other", Body=DATA * 1000)
    assert fake_s3.keys(bucket) == [KEY]


def test_a_lost_answer_is_lost_after_the_bytes_are_stored(fake_s3, bucket):
    fake_s3.fail("PutObject", Lost())
    with pytest.raises(HTTPClientError):
        fake_s3.client().put_object(Bucket=bucket, Key="other", Body=DATA)
    assert fake_s3.read(bucket, "other") == DATA


def test_errors_come_after_so_many_and_as_often_as_was_said(fake_s3, bucket):
    fault = fake_s3.fail("GetObject", Refuse("SlowDown"), after=1, times=2)
    client, said = fake_s3.client(), []
    for _ in range(4):
        try:
            said.append(client.get_object(Bucket=bucket, Key=KEY)["ResponseMetadata"]["HTTPStatusCode"])
        except ClientError as error:
            said.append(error.response["Error"]["Code"])
    assert said == [200, "SlowDown", "SlowDown", 200]
    assert (fault.met, fault.struck) == (4, 2)
    assert [seen.status for seen in fake_s3.requests("GetObject", KEY)] == [200, 503, 503, 200]


def test_an_error_inside_of_a_good_answer_completes_nothing(fake_s3, bucket):
    upload = Upload(fake_s3.client(), bucket, "other").put(DATA)
    fake_s3.fail("CompleteMultipartUpload", ErrorInside())
    refused("InternalError", upload.complete)
    assert fake_s3.open_uploads() == ["other"]
    upload.complete()
    assert fake_s3.open_uploads() == []


def test_what_the_fake_does_not_know_it_refuses(fake_s3, bucket):
    client = fake_s3.client()
    refused("NotImplemented", client.get_object_tagging, Bucket=bucket, Key=KEY)
    refused("NotImplemented", client.get_object, Bucket=bucket, Key=KEY, ResponseContentType="text/plain")
    refused("NotImplemented", client.put_bucket_policy, Bucket=bucket, Policy="{}")
    refused("NotImplemented", client.put_object, Bucket=bucket, Key=KEY, Body=b"", IfNoneMatch='"etag"')
    refused("NotImplemented", client.list_objects, Bucket=bucket)


def test_keys_expire_and_may_not_do_everything(fake_s3, bucket):
    expired = fake_s3.admit(Credential("ASIAOLD", "secret", "token", expired=True))
    refused("ExpiredToken", expired.client().get_object, Bucket=bucket, Key=KEY)
    refused("InvalidToken", replace(expired, token="x").client().get_object, Bucket=bucket, Key=KEY)  # noqa: S106
    refused("InvalidAccessKeyId", replace(expired, token="").client().get_object, Bucket=bucket, Key=KEY)
    reader = fake_s3.admit(Credential("AKIAREADER", "secret", denied=frozenset({"PutObject"}))).client()
    assert reader.get_object(Bucket=bucket, Key=KEY)["Body"].read() == DATA
    refused("AccessDenied", reader.put_object, Bucket=bucket, Key="other", Body=b"")


def test_a_request_that_was_changed_after_it_was_signed_is_refused(fake_s3, bucket):
    def change(request, **_):
        request.url = request.url.replace(KEY, "folder/other")

    client = fake_s3.client()
    client.meta.events.register("before-send.s3.GetObject", change)
    refused("SignatureDoesNotMatch", client.get_object, Bucket=bucket, Key=KEY)


def test_a_bucket_elsewhere_is_where_it_is(fake_s3):
    there = fake_s3.new_bucket(region="ap-south-1")
    said = {region: _asked_in(fake_s3, region, there) for region in ("eu-west-1", "us-west-2", "ap-south-1")}
    assert said["eu-west-1"][0] == 301
    assert "<Code>PermanentRedirect</Code>" in said["eu-west-1"][1]
    assert said["us-west-2"][0] == 400
    assert "<Region>ap-south-1</Region>" in said["us-west-2"][1]
    assert said["ap-south-1"][0] == 404


def _asked_in(fake_s3, region, bucket):
    return signed_get(replace(fake_s3.access, region=region), f"/{bucket}/{KEY}")


def test_what_is_no_request_of_s3_does_not_stop_the_fake(fake_s3, bucket):
    address = urlsplit(fake_s3.endpoint)
    for method, path in (("PATCH", "/"), ("GET", "/%00"), ("GET", "/" + "x" * 5000), ("POST", "/?delete")):
        connection = http.client.HTTPConnection(address.hostname, address.port)
        connection.request(method, path)
        assert connection.getresponse().status >= 400
        connection.close()
    assert read(fake_s3, bucket) == DATA
