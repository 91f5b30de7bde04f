"""Writes a small OpenVINO model with two inputs of one type and one of another, and its model.json, to a folder. Run by models/.triton-venv.

y = x * w + u with w[i][j] = i - j, next = 2 * state: whole numbers, so that every order of additions gives the same.
"""
import json
import pathlib
import sys

import numpy
import openvino
import openvino.opset13 as op

folder = pathlib.Path(sys.argv[1]) / 'tiny'
folder.mkdir(parents=True)
x = op.parameter([-1, 6], numpy.float32, name='x')
state = op.parameter([-1, 2, 3], numpy.float32, name='state')
u = op.parameter([-1, 6], numpy.uint8, name='u')
w = numpy.subtract.outer(numpy.arange(6), numpy.arange(6)).astype(numpy.float32)
y = op.add(op.matmul(x, op.constant(w), False, False), op.convert(u, 'f32'))
following = op.multiply(state, op.constant(numpy.float32(2)))
for node, name in ((x, 'x'), (state, 'state'), (u, 'u'), (y, 'y'), (following, 'next')):
    node.output(0).set_names({name})
openvino.save_model(openvino.Model([y, following], [x, state, u], 'tiny'), folder / 'tiny.xml', compress_to_fp16=False)
(folder / 'model.json').write_text(json.dumps({'name': 'tiny', 'version': '1', 'weights_digest': 'sha256:' + '7' * 64, 'precision': 'f32'}))
