"""Ranges of one object, and no other object by mistake."""

from objectstore.probes.asks import KEY, Upload, body, refused


def ranges(server):
    """`GetObject` gives a range of the bytes, and says which"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"0123456789")
    for asked, span in (
        ("bytes=2-4", (2, 4)),
        ("bytes=7-", (7, 9)),
        ("bytes=-2", (8, 9)),
        ("bytes=8-99", (8, 9)),
    ):
        found = client.get_object(Bucket=bucket, Key=KEY, Range=asked)
        assert found["ContentRange"] == f"bytes {span[0]}-{span[1]}/10"
        assert found["Body"].read() == b"0123456789"[span[0] : span[1] + 1]
        assert found["ResponseMetadata"]["HTTPStatusCode"] == 206


def no_range(server):
    """A range that lies behind the end is refused with 416"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"0123456789")
    said = refused("InvalidRange 416", client.get_object, Bucket=bucket, Key=KEY, Range="bytes=10-20")
    assert said["ResponseMetadata"]["HTTPStatusCode"] == 416


def if_match(server):
    """A range with `If-Match` is refused with 412 once the object was overwritten"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first, and long enough")
    etag = client.head_object(Bucket=bucket, Key=KEY)["ETag"]
    assert body(client, bucket, Range="bytes=0-4", IfMatch=etag) == b"first"
    client.put_object(Bucket=bucket, Key=KEY, Body=b"other, and long enough")
    said = refused(
        "PreconditionFailed 412", client.get_object, Bucket=bucket, Key=KEY, Range="bytes=5-9", IfMatch=etag
    )
    assert said["ResponseMetadata"]["HTTPStatusCode"] == 412


def etag_of_parts(server):
    """The ETag of an upload in parts differs from that of the same bytes put at once"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key="once", Body=b"bytes")
    Upload(client, bucket).put(b"bytes").complete()
    etags = [client.head_object(Bucket=bucket, Key=key)["ETag"] for key in ("once", KEY)]
    assert etags[1].strip('"').endswith("-1")
    assert etags[0] != etags[1]


def nothing(server):
    """Nothing under a key is `NoSuchKey`, and no bucket is `NoSuchBucket`"""
    client, bucket = server.client(), server.new_bucket()
    refused("NoSuchKey", client.get_object, Bucket=bucket, Key=KEY)
    refused("404", client.head_object, Bucket=bucket, Key=KEY)
    refused("NoSuchBucket", client.get_object, Bucket="no-such-bucket", Key=KEY)
    refused("NoSuchBucket", client.put_object, Bucket="no-such-bucket", Key=KEY, Body=b"")
    refused("NoSuchBucket", client.list_objects_v2, Bucket="no-such-bucket")


def empty(server):
    """An object of no bytes is an object"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"")
    assert body(client, bucket) == b""
    assert client.head_object(Bucket=bucket, Key=KEY)["ContentLength"] == 0
