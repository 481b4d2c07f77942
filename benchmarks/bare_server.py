"""What the framework takes without us: Starlette, onnxruntime and orjson, and nothing that they could spare.

Run by uvicorn with httptools and uvloop: `uvicorn bare_server:inline`. `pooled` runs the model in a pool of
threads, as who wants to answer others meanwhile must; `inline` holds up everybody else as long as it runs.
It checks nothing, counts nothing, logs nothing, and serves one version for ever.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it has no types
import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

NAMES = {"FP32": np.float32, "INT64": np.int64}
DATATYPES = {"float32": "FP32", "int64": "INT64"}
MODEL, FILE = os.environ["SERVED_MODEL"], os.environ["SERVED_FILE"]
POOL = ThreadPoolExecutor(4)


def _session() -> onnxruntime.InferenceSession:
    """The model, with the same settings as the gateway's."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(FILE, options, providers=["CPUExecutionProvider"])


SESSION = _session()
OUTPUTS = [one.name for one in SESSION.get_outputs()]


def _answer(body: bytes) -> bytes:
    request = orjson.loads(body)
    inputs = {
        one["name"]: np.array(one["data"], NAMES[one["datatype"]]).reshape(one["shape"])
        for one in request["inputs"]
    }
    found = SESSION.run(OUTPUTS, inputs)
    rows = [
        {
            "name": name,
            "datatype": DATATYPES[array.dtype.name],
            "shape": array.shape,
            "data": array.reshape(-1).tolist(),
        }
        for name, array in zip(OUTPUTS, found, strict=True)
    ]
    return orjson.dumps({"model_name": MODEL, "outputs": rows})


async def _inline(request: Request) -> Response:
    return Response(_answer(await request.body()), media_type="application/json")


async def _pooled(request: Request) -> Response:
    body = await request.body()
    found = await asyncio.get_running_loop().run_in_executor(POOL, _answer, body)
    return Response(found, media_type="application/json")


inline = Starlette(routes=[Route("/v2/models/{model}/infer", _inline, methods=["POST"])])
pooled = Starlette(routes=[Route("/v2/models/{model}/infer", _pooled, methods=["POST"])])
