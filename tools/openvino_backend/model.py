"""Any OpenVINO model (IR) as a model of Triton's Python backend: tools/serve-models copies this file beside the config it writes.

Parameters of the config: `ir` (path of the .xml), `threads` (of one instance). Dimension 0 of every input and output is the batch.
The requests that Triton hands over at once are run as one batch. Arithmetic is f32, as in process: the same bits come out.
"""
import json

import numpy
import openvino
import triton_python_backend_utils as utils

TYPES = {'f32': 'TYPE_FP32', 'i32': 'TYPE_INT32', 'i64': 'TYPE_INT64', 'u8': 'TYPE_UINT8'}


def read(parameters):
    """The model of a config, checked: a clear word in the server's log beats a puzzle in a client."""
    ir = parameters['ir']['string_value']
    model = openvino.Core().read_model(ir)
    for port in [*model.inputs, *model.outputs]:
        if port.partial_shape.rank.is_dynamic or not port.partial_shape[0].is_dynamic:
            raise ValueError(f'{ir}: {port.any_name}: dimension 0 is no batch of any size ({port.partial_shape})')
        if port.element_type.get_type_name() not in TYPES:
            raise ValueError(f'{ir}: {port.any_name}: its type {port.element_type.get_type_name()} is none of {", ".join(TYPES)}')
    return model


def described(port):
    dims = [-1 if size.is_dynamic else size.get_length() for size in list(port.partial_shape)[1:]]
    return {'name': port.any_name, 'data_type': TYPES[port.element_type.get_type_name()], 'dims': dims}


class TritonPythonModel:
    @staticmethod
    def auto_complete_config(config):
        model = read(config.as_dict()['parameters'])
        for port in model.inputs:
            config.add_input(described(port))
        for port in model.outputs:
            config.add_output(described(port))
        return config

    def initialize(self, args):
        parameters = json.loads(args['model_config'])['parameters']
        model = read(parameters)
        properties = {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY', 'NUM_STREAMS': 1}
        if 'threads' in parameters:
            properties['INFERENCE_NUM_THREADS'] = int(parameters['threads']['string_value'])
        self.inputs = [port.any_name for port in model.inputs]
        self.outputs = [described(port) for port in model.outputs]
        self.request = openvino.Core().compile_model(model, 'CPU', properties).create_infer_request()

    def execute(self, requests):
        given = [[utils.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs] for request in requests]
        joined = [parts[0] if len(parts) == 1 else numpy.concatenate(parts) for parts in zip(*given)]
        outputs = self.run(joined)
        responses, begin = [], 0
        for inputs in given:
            end = begin + len(inputs[0])
            responses.append(utils.InferenceResponse(
                [utils.Tensor(output['name'], numpy.ascontiguousarray(whole[begin:end])) for output, whole in zip(self.outputs, outputs)]))
            begin = end
        return responses

    def run(self, inputs):
        units, watched = len(inputs[0]), {}
        for k, output in enumerate(self.outputs):
            if output['data_type'] == 'TYPE_FP32' and -1 not in output['dims']:
                # OpenVINO may run out of memory without a word and leave outputs unwritten: NaN is how it shows.
                watched[output['name']] = numpy.full([units, *output['dims']], numpy.nan, numpy.float32)
                self.request.set_output_tensor(k, openvino.Tensor(watched[output['name']], shared_memory=True))
        answer = self.request.infer(dict(zip(self.inputs, inputs)))
        for name, array in watched.items():
            if numpy.isnan(array).any():
                raise MemoryError(f'OpenVINO left output {name} of {units} units unwritten, or the model gives NaN: unable to allocate')
        outputs = [watched.get(output['name'], answer[output['name']]) for output in self.outputs]
        for output, array in zip(self.outputs, outputs):
            if len(array) != units:
                raise RuntimeError(f'output {output["name"]} has {len(array)} units of {units}')
        return outputs
