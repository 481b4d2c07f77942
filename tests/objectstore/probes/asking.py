"""Nobody is let in who should not be, and is told why."""

from dataclasses import replace

from objectstore.probes.asks import refused, signed_get


def wrong_secret(server):
    """A wrong secret key is `SignatureDoesNotMatch`"""
    client = replace(server.access, secret="wrong").client()  # noqa: S106 - it is
    refused("SignatureDoesNotMatch", client.list_objects_v2, Bucket=server.new_bucket())


def unknown_key(server):
    """An unknown access key is `InvalidAccessKeyId`"""
    client = replace(server.access, key="AKIAUNKNOWN").client()
    refused("InvalidAccessKeyId", client.list_objects_v2, Bucket=server.new_bucket())


def unsigned(server):
    """A request that is not signed is `AccessDenied`"""
    from botocore import UNSIGNED

    client = server.client(signature_version=UNSIGNED)
    refused("AccessDenied", client.list_objects_v2, Bucket=server.new_bucket())


def wrong_region(server):
    """A request that is signed for another region is refused, and told the right one"""
    access, bucket = replace(server.access, region="ap-south-1"), server.new_bucket()
    status, said = signed_get(access, f"/{bucket}?list-type=2")
    assert status in {301, 400}
    assert server.region in said


def location(server):
    """`GetBucketLocation` gives the region"""
    found = server.client().get_bucket_location(Bucket=server.new_bucket())
    assert (found["LocationConstraint"] or "us-east-1") == server.region


def head_location(server):
    """`HeadBucket` gives the region (`x-amz-bucket-region`)"""
    assert server.client().head_bucket(Bucket=server.new_bucket())["BucketRegion"] == server.region
