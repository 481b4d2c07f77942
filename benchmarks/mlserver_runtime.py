"""The runtime by which MLServer serves the same ONNX file as the others: decode, run, encode.

It comes with none for ONNX. This one does what its own runtimes do, with its own codecs.
"""

from __future__ import annotations

import onnxruntime  # type: ignore[import-untyped]  # it has no types
from mlserver import MLModel  # type: ignore[import-not-found]  # in an environment of its own
from mlserver.codecs import NumpyCodec  # type: ignore[import-not-found]  # in an environment of its own
from mlserver.types import InferenceRequest, InferenceResponse  # type: ignore[import-not-found]  # in an environment of its own


class Onnx(MLModel):  # type: ignore[misc]  # as above
    """An ONNX model."""

    async def load(self) -> bool:
        """Open the file, with the same settings as the others."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        uri = self.settings.parameters.uri
        self._session = onnxruntime.InferenceSession(uri, options, providers=["CPUExecutionProvider"])
        self._names = [one.name for one in self._session.get_outputs()]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Answer a request."""
        inputs = {one.name: NumpyCodec.decode_input(one) for one in payload.inputs}
        found = self._session.run(self._names, inputs)
        outputs = [
            NumpyCodec.encode_output(name, array) for name, array in zip(self._names, found, strict=True)
        ]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)
