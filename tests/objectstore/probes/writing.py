"""An object that exists is not overwritten."""

from objectstore.probes.asks import KEY, Upload, body, refused, winners

ONCE = {"IfNoneMatch": "*"}


def put_once(server):
    """`PutObject` with `If-None-Match: *` is refused with 412 where the key is taken"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first", **ONCE)
    said = refused("PreconditionFailed", client.put_object, Bucket=bucket, Key=KEY, Body=b"other", **ONCE)
    assert said["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert body(client, bucket) == b"first"


def put_once_of_many(server):
    """Of 20 that put at once with `If-None-Match: *`, one wins"""
    bucket = server.new_bucket()

    def finish(client, data):
        client.put_object(Bucket=bucket, Key=KEY, Body=data, **ONCE)

    assert winners(server, lambda _client, number: bytes([number]) * 1000, finish) == 1


def complete_once(server):
    """`CompleteMultipartUpload` with `If-None-Match: *` is refused with 412 where the key is taken"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first")
    refused("PreconditionFailed", Upload(client, bucket).put(b"other").complete, **ONCE)
    assert body(client, bucket) == b"first"


def complete_once_of_many(server):
    """Of 20 uploads in parts that complete at once with `If-None-Match: *`, one wins"""
    bucket = server.new_bucket()

    def prepare(client, number):
        return Upload(client, bucket).put(bytes([number]) * 1000)

    assert winners(server, prepare, lambda _client, upload: upload.complete(**ONCE)) == 1


def copy_once(server):
    """`CopyObject` with `If-None-Match: *` is refused with 412 where the key is taken"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key="source", Body=b"other")
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first")
    source = {"Bucket": bucket, "Key": "source"}
    refused("PreconditionFailed", client.copy_object, Bucket=bucket, Key=KEY, CopySource=source, **ONCE)
    assert body(client, bucket) == b"first"


def put_over_a_marker(server):
    """`If-None-Match: *` lets a key be written whose latest version is a delete marker"""
    client, bucket = server.client(), server.new_bucket(versioning=True)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first")
    client.delete_object(Bucket=bucket, Key=KEY)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"again", **ONCE)
    assert body(client, bucket) == b"again"
