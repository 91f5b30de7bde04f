"""Models for tests/triton/mlserver_process.py: what a server of the bare protocol does."""
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Identity(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        outputs = [NumpyCodec.encode_output(one.name.replace('IN', 'OUT'), NumpyCodec.decode_input(one)) for one in payload.inputs]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)


class Fails(Identity):
    async def predict(self, payload):
        raise ValueError('this model does not like you')


class CudaOom(Identity):
    async def predict(self, payload):
        if payload.inputs[0].shape[0] > 3:
            raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB')
        return await super().predict(payload)
