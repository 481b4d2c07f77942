"""XML as S3 writes and reads it."""

from __future__ import annotations

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from objectstore.errors import S3Error
from objectstore.requests import Answer

SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def answer(root, fields, headers=None):
    """An answer whose body has `fields`: a text, or pairs of a name and such fields."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SPACE}">{_written(fields)}</{root}>'
    return Answer(200, {"Content-Type": "application/xml", **(headers or {})}, text.encode())


def _written(fields):
    if not isinstance(fields, list):
        return escape(str(fields))
    return "".join(f"<{name}>{_written(value)}</{name}>" for name, value in fields)


def time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read(data):
    """The root of a body, with names that know no name space.

    Raises:
        S3Error: It is no XML.
    """
    try:
        root = ET.fromstring(data)  # noqa: S314 - it comes from our own test
    except ET.ParseError as error:
        raise S3Error("MalformedXML", "The XML you provided was not well-formed") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root
