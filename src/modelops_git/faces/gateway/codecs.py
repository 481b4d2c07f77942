"""A prediction from the bytes of a request to the bytes of its answer, in each of the two ways to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import orjson

from modelops_git.edges.loaders.base import BadInputError, ModelError
from modelops_git.engine.serving.loaded import MOST_INSTANCES, too_many
from modelops_git.faces.gateway.inference import answered, asked, parsed
from modelops_git.faces.gateway.refusals import FAILED, UNPROCESSABLE, RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.engine.serving.loaded import Loaded
    from modelops_git.faces.gateway.tags import Tag

JSON, BINARY = "application/json", "application/octet-stream"


class Body(NamedTuple):
    """What a request has sent.

    Attributes:
        content: Its bytes.
        header_length: How many of them are JSON, where others follow.
    """

    content: bytes
    header_length: int | None = None


class Done(NamedTuple):
    """What came of a request.

    Attributes:
        status: The HTTP status.
        content: The body of the answer.
        header_length: How much of it is JSON, where binary data follows.
        inputs: The instances that were asked about; empty where they could not be read.
        outputs: What the version said of each.
        error: Why there is no answer; empty where there is one.
    """

    status: int
    content: bytes
    header_length: int | None = None
    inputs: list[Any] = []  # noqa: RUF012 - never changed
    outputs: list[Any] = []  # noqa: RUF012 - never changed
    error: str = ""


class Codec(Protocol):
    """A way to ask."""

    def __call__(self, body: Body, version: Loaded, tag: Tag, /) -> Done:
        """Read a request, let the version predict, write the answer.

        Raises:
            RefusalError: The request makes no sense, or does not fit the version.
            BadInputError: So does an instance.
            ModelError: The version has failed.
        """


def run(codec: Codec, body: Body, version: Loaded, tag: Tag) -> Done:
    """Let a version answer; what goes wrong is an answer as well."""
    try:
        return codec(body, version, tag)
    except RefusalError as refusal:
        return refused(refusal, tag)
    except BadInputError as error:
        return refused(RefusalError(UNPROCESSABLE, error.message, error.pointer), tag)
    except ModelError as error:
        return refused(
            RefusalError(FAILED, f"{tag.model} {tag.route.version} has failed"), tag, error.message
        )
    except Exception as error:  # noqa: BLE001 - what nobody thought of counts against the version, too
        said = f"{type(error).__name__}: {error}"
        return refused(RefusalError(FAILED, f"{tag.model} {tag.route.version} has failed"), tag, said)


def refused(refusal: RefusalError, tag: Tag | None = None, error: str = "") -> Done:
    """That there is no prediction.

    Args:
        refusal: Why, for the caller.
        tag: By which version there is none, where one was chosen.
        error: Why, for the log, where it says more.
    """
    said = refusal.as_json() | (tag.fields if tag else {})
    return Done(refusal.status, orjson.dumps(said), error=error or refusal.message)


def predict(body: Body, version: Loaded, tag: Tag, /) -> Done:
    """The simple way: `{"instance": …}` or `{"instances": […]}`."""
    document = parsed(body.content)
    instances, name = _instances(document)
    where = "/instances" if name == "predictions" else ""
    if len(instances) > MOST_INSTANCES:
        raise RefusalError(UNPROCESSABLE, too_many(len(instances)), where)
    for number, instance in enumerate(instances):
        refusal = version.refusal(instance)
        if refusal is not None:
            at = f"{where}/{number}" if where else "/instance"
            raise RefusalError(UNPROCESSABLE, refusal.message, at + refusal.pointer)
    try:
        found = version.predict(instances)
    except BadInputError as error:  # its pointer begins with the number of the instance
        at = where + error.pointer if where else "/instance" + error.pointer.removeprefix("/0")
        raise RefusalError(UNPROCESSABLE, error.message, at) from error
    said: Any = found if name == "predictions" else found[0]
    content = orjson.dumps({name: said, **tag.fields}, option=orjson.OPT_SERIALIZE_NUMPY)
    return Done(200, content, None, instances, found)


def infer(body: Body, version: Loaded, tag: Tag, /) -> Done:
    """The way of the Open Inference Protocol, version 2."""
    request = asked(body.content, body.header_length, version.inputs)
    fitting = version.fitting(request.inputs)
    instances = version.instances(fitting)
    for number, instance in enumerate(instances):
        refusal = version.refusal(instance)
        if refusal is not None:
            raise RefusalError(
                UNPROCESSABLE, f"instance {number}: {refusal.message}", f"/{number}{refusal.pointer}"
            )
    outputs = version.run(fitting)
    content, length = answered(request, outputs, tag)
    return Done(200, content, length, instances, version.answers(outputs))


def _instances(document: dict[str, Any]) -> tuple[list[Any], str]:
    """The instances of a request, and what their predictions are called."""
    if "instance" in document and "instances" not in document:
        return [document["instance"]], "prediction"
    instances = document.get("instances")
    if not isinstance(instances, list) or "instance" in document:
        raise RefusalError(UNPROCESSABLE, 'the body is {"instance": …} or {"instances": […]}', "")
    if not instances:
        raise RefusalError(UNPROCESSABLE, "there is no instance", "/instances")
    return instances, "predictions"


def content_type(done: Done) -> str:
    """What the body of an answer is."""
    return JSON if done.header_length is None else BINARY


CODECS: dict[str, Callable[[Body, Loaded, Tag], Done]] = {"predict": predict, "infer": infer}
