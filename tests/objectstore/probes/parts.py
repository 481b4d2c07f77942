"""Uploads in parts: what they must be, and that nothing is left of them."""

from objectstore.probes.asks import KEY, MINIMUM, Upload, body, exists, noise, refused


def joined(server):
    """Parts are joined in the order of their numbers, whenever they came"""
    client, bucket = server.client(), server.new_bucket()
    first = noise(MINIMUM)
    Upload(client, bucket).put(b"end", 7).put(first, 3).complete()
    assert body(client, bucket) == first + b"end"


def too_small(server):
    """A part under 5 MiB that is not the last is refused"""
    client, bucket = server.client(), server.new_bucket()
    refused("EntityTooSmall", Upload(client, bucket).put(b"first").put(b"other").complete)
    assert not exists(client, bucket)


def wrong_etag(server):
    """A part whose ETag is not that which the server gave is refused"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket).put(b"bytes")
    upload.parts[0]["ETag"] = '"0123456789abcdef0123456789abcdef"'
    refused("InvalidPart", upload.complete)
    assert not exists(client, bucket)


def missing(server):
    """A part that was never uploaded is refused"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket).put(b"bytes")
    upload.parts[0]["PartNumber"] = 2
    refused("InvalidPart", upload.complete)


def wrong_order(server):
    """Parts that are not named in ascending order are refused"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket).put(noise(MINIMUM)).put(b"end")
    said = {"MultipartUpload": {"Parts": upload.parts[::-1]}}
    refused("InvalidPartOrder", client.complete_multipart_upload, **upload.where, **said)


def aborted(server):
    """An upload that was aborted is gone, with its parts"""
    client, bucket = server.client(), server.new_bucket()
    upload = Upload(client, bucket).put(b"bytes")
    upload.abort()
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
    refused("NoSuchUpload", upload.complete)
    refused("NoSuchUpload", upload.put, data=b"more")


def listed(server):
    """`ListMultipartUploads` gives those that are open, and only them"""
    client, bucket = server.client(), server.new_bucket()
    Upload(client, bucket, "done").put(b"bytes").complete()
    upload = Upload(client, bucket).put(b"bytes")
    found = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [(row["Key"], row["UploadId"]) for row in found] == [(KEY, upload.where["UploadId"])]


def open_after_refusal(server):
    """An upload whose completion was refused stays open until it is aborted"""
    client, bucket = server.client(), server.new_bucket()
    client.put_object(Bucket=bucket, Key=KEY, Body=b"first")
    upload = Upload(client, bucket).put(b"other")
    refused("PreconditionFailed", upload.complete, IfNoneMatch="*")
    assert len(client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])) == 1
    upload.abort()
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
