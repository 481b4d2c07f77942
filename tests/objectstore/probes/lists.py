"""Every key once, in order."""

from objectstore.probes.asks import body

NAMES = ["m/1-a/b", "m/1-a/b-d", "m/1-a/a/z", "m/1-ab/x", "m/2-a/y", "n/z", "m/1-a/模", "m/1-a/é", "m/1-a/🎉"]


def order(server):
    """`ListObjectsV2` gives keys in the order of their bytes in UTF-8"""
    client, bucket = _filled(server, NAMES)
    assert _listed(client, bucket) == sorted(NAMES, key=str.encode)


def prefixes(server):
    """It gives those that begin with a prefix, which need not end in a slash"""
    client, bucket = _filled(server, NAMES)
    for prefix in ("m/1-a/", "m/1-a", "m/1", "none/", "m/1-a/模"):
        wanted = sorted((name for name in NAMES if name.startswith(prefix)), key=str.encode)
        assert _listed(client, bucket, Prefix=prefix) == wanted


def pages(server):
    """It gives each key once, whatever the size of its pages"""
    client, bucket = _filled(server, NAMES)
    for most in (1, 2, 4, 1000):
        assert _listed(client, bucket, PaginationConfig={"PageSize": most}) == sorted(NAMES, key=str.encode)


def strange_names(server):
    """Keys in any language, with spaces, plus signs and percent signs come back as they were"""
    names = ["a b", "a+b", "a%20b", "a%b", "a=b&c", "ü/東京/🎉", "(1)'!*", "a?b#c", "~x", "a:b", "a,b;c"]
    client, bucket = _filled(server, names)
    assert _listed(client, bucket) == sorted(names, key=str.encode)
    assert [body(client, bucket, name) for name in names] == [name.encode() for name in names]


def _filled(server, names):
    client, bucket = server.client(), server.new_bucket()
    for name in names:
        client.put_object(Bucket=bucket, Key=name, Body=name.encode())
    return client, bucket


def _listed(client, bucket, **arguments):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, **arguments)
    return [row["Key"] for page in pages for row in page.get("Contents", [])]
