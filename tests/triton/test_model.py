"""A model of Triton's Python backend for tests. What it does to a batch is the parameter `behaviour` of its config."""
import json
import os
import time

import numpy
import triton_python_backend_utils as utils


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args['model_config'])
        parameters = {name: value['string_value'] for name, value in config['parameters'].items()}
        self.behaviour = getattr(self, parameters.get('behaviour', 'identity'))
        self.above = int(parameters.get('above', 0))

    def execute(self, requests):
        return [self.behaviour(request) for request in requests]

    @staticmethod
    def inputs(request):
        return {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}

    @staticmethod
    def answer(**outputs):
        return utils.InferenceResponse([utils.Tensor(name, numpy.ascontiguousarray(value)) for name, value in outputs.items()])

    def identity(self, request):
        return self.answer(**{name.replace('IN', 'OUT'): value for name, value in self.inputs(request).items()})

    def add(self, request):
        given = self.inputs(request)
        return self.answer(SUM=given['A'] + given['B'], DIFFERENCE=given['A'] - given['B'])

    def cuda_oom(self, request):
        """As PyTorch says it, for batches above a size: raised, it fails every request of the dynamic batch."""
        if len(self.inputs(request)['IN']) > self.above:
            raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 8.00 GiB total capacity)')
        return self.identity(request)

    def memory_error(self, request):
        if len(self.inputs(request)['IN']) > self.above:
            numpy.zeros((100000000, 1000000), numpy.uint8)  # numpy's own MemoryError: "Unable to allocate 90.9 TiB"
        return self.identity(request)

    def fails(self, request):
        raise ValueError('this model does not like you')

    def nan(self, request):
        given = self.inputs(request)['IN'].copy()
        given[-1, -1] = numpy.nan
        return self.answer(OUT=given)

    def slow(self, request):
        """As many seconds as the first element says."""
        time.sleep(float(self.inputs(request)['IN'].flat[0]))
        return self.identity(request)

    def kill_stub(self, request):
        """This process dies at once where the first element is 666."""
        if self.inputs(request)['IN'].flat[0] == 666:
            os.kill(os.getpid(), 9)
        return self.identity(request)

    def other_type(self, request):
        return self.answer(OUT=self.inputs(request)['IN'].astype(numpy.int32))

    def other_shape(self, request):
        return self.answer(OUT=numpy.concatenate([self.inputs(request)['IN']] * 2, axis=1))
