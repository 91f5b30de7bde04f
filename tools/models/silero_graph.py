"""Silero VAD at 16 kHz as an OpenVINO graph, from the package's ONNX file without branches.

input [-1, 576] f32 (64 samples of context, then 512 new ones), state [-1, 2, 128] f32 -> output [-1, 1] f32, the probability of speech, and
stateN [-1, 2, 128]. Unlike in the file, the batch is the first dimension of the state too, and the sampling rate is not asked for.
"""
import numpy as np
import openvino as ov
from openvino import opset13 as op

SAMPLE_RATE = 16000
SAMPLES, STATES, WIDTH = 576, 2, 128


def build(path):
    model = ov.Core().read_model(path)
    named = {name: node for node in model.get_parameters() for name in node.output(0).get_names()}
    rate = op.constant(np.array(SAMPLE_RATE, dtype=np.int64))
    for target in named['sr'].output(0).get_target_inputs():
        target.replace_source_output(rate.output(0))
    model.remove_parameter(named['sr'])

    turn = op.constant(np.array([1, 0, 2], dtype=np.int64))
    state = op.parameter([-1, STATES, WIDTH], np.float32, name='state')
    turned = op.transpose(state, turn)
    for target in named['state'].output(0).get_target_inputs():
        target.replace_source_output(turned.output(0))
    model.remove_parameter(named['state'])
    named['input'].set_partial_shape(ov.PartialShape([-1, SAMPLES]))
    results = {name: node for node in model.get_results() for name in node.output(0).get_names()}
    outputs = []
    for name, source in (('output', results['output'].input_value(0)),
                         ('stateN', op.transpose(results['stateN'].input_value(0), turn).output(0))):
        source.set_names(set())
        result = op.result(source, name=name)
        result.output(0).set_names({name})
        outputs.append(result)
    named['input'].output(0).set_names({'input'})
    state.output(0).set_names({'state'})
    built = ov.Model(outputs, [named['input'], state], 'silero_vad')
    built.validate_nodes_and_infer_types()
    return built
