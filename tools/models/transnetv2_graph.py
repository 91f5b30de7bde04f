"""TransNetV2 (T. Soucek and J. Lokoc, "TransNet V2: An effective deep network architecture for fast shot transition detection", 2020) as an
OpenVINO graph, from the published weights and the paper's figures.

frames [-1, 100, 27, 48, 3] u8 RGB -> single [-1, 100], many [-1, 100] f32: the probability that a transition is at a frame, and that a
frame is within one.
"""
import numpy as np
import openvino as ov
from openvino import opset13 as op

FRAMES, HEIGHT, WIDTH = 100, 27, 48
FILTERS, LAYERS, BLOCKS = 16, 3, 2
LOOKUP = 101  # frames around each, with which it is compared
BINS = 512    # three bits of each colour
NORM_EPSILON = 1e-3
UNIT_EPSILON = 1e-12  # of vectors scaled to length one


def constant(array, dtype=np.float32):
    return op.constant(np.asarray(array, dtype=dtype, order='C'))


def linear(x, weights, name):
    """x W^T + b on the last dimension."""
    x = op.matmul(x, constant(weights[f'{name}.weight']), False, True)
    bias = weights.get(f'{name}.bias')
    return x if bias is None else op.add(x, constant(bias))


def convolution(x, weights, padding, dilation):
    return op.convolution(x, weights, [1, 1, 1], padding, padding, dilation)


def dilated_block(x, weights, name):
    """Four separable convolutions that look ever further in time, side by side; batch norm folded into the second of each."""
    mean, variance, gamma, beta = (weights[f'{name}.bn.{part}'] for part in ('running_mean', 'running_var', 'weight', 'bias'))
    scale = gamma / np.sqrt(variance + NORM_EPSILON)
    shift = beta - mean * scale
    parts = []
    for place, dilation in enumerate((1, 2, 4, 8)):
        layers = f'{name}.Conv3D_{dilation}.layers'
        spatial, temporal = weights[f'{layers}.0.weight'], weights[f'{layers}.1.weight']
        own = slice(place * temporal.shape[0], (place + 1) * temporal.shape[0])
        temporal = temporal * scale[own].reshape(-1, 1, 1, 1, 1)
        part = convolution(x, constant(spatial), [0, 1, 1], [1, 1, 1])
        part = convolution(part, constant(temporal), [dilation, 0, 0], [dilation, 1, 1])
        parts.append(op.add(part, constant(shift[own].reshape(1, -1, 1, 1, 1))))
    return op.concat(parts, 1)


def stacked_block(x, weights, name):
    shortcut = None
    for k in range(BLOCKS):
        x = dilated_block(x, weights, f'{name}.DDCNN.{k}')
        if k + 1 < BLOCKS:
            x = op.relu(x)
        if shortcut is None:
            shortcut = x
    x = op.add(op.relu(x), shortcut)
    return op.avg_pool(x, [1, 2, 2], [0, 0, 0], [0, 0, 0], [1, 2, 2], True, 'floor')


def unit_length(x):
    """Vectors of the last dimension scaled to length one; no length, no change."""
    length = op.sqrt(op.reduce_sum(op.multiply(x, x), constant([-1], np.int64), True))
    return op.divide(x, op.maximum(length, constant(UNIT_EPSILON)))


def similarity_around(x):
    """x [-1, 100, n] -> [-1, 100, 101]: each frame's product with the fifty before it, itself and the fifty behind it; 0 outside."""
    half = LOOKUP // 2
    products = op.matmul(x, x, False, True)
    padded = op.pad(products, constant([0, 0, half], np.int64), constant([0, 0, half], np.int64), 'constant', constant(0.0))
    width = FRAMES + 2 * half
    flat = op.reshape(padded, constant([0, FRAMES * width], np.int64), True)
    places = np.arange(FRAMES)[:, None] * width + np.arange(FRAMES)[:, None] + np.arange(LOOKUP)[None, :]
    return op.gather(flat, constant(places, np.int64), constant(1, np.int64))


def frame_similarity(features, weights):
    means = [op.reduce_mean(feature, constant([3, 4], np.int64), False) for feature in features]
    x = op.transpose(op.concat(means, 1), constant([0, 2, 1], np.int64))
    x = unit_length(linear(x, weights, 'frame_sim_layer.projection'))
    return op.relu(linear(similarity_around(x), weights, 'frame_sim_layer.fc'))


def colour_similarity(frames, weights):
    """Histograms are summed up in place. (A one-hot of every pixel would take 265 MB a window.)"""
    pixels = HEIGHT * WIDTH
    whole = op.convert(frames, np.int32)
    bits = op.divide(whole, constant(32, np.int32))  # whole numbers: the upper three bits
    bins = op.reduce_sum(op.multiply(bits, constant([64, 8, 1], np.int32)), constant([4], np.int64), False)
    bins = op.reshape(bins, constant([-1, pixels], np.int64), False)
    rows = op.gather(op.shape_of(bins), constant([0], np.int64), constant(0, np.int64))
    empty = op.broadcast(constant(0.0), op.concat([rows, constant([BINS], np.int64)], 0))
    ones = op.broadcast(constant(1.0), op.shape_of(bins))
    counts = op.scatter_elements_update(empty, bins, ones, constant(1, np.int64), reduction='sum', use_init_val=True)
    histograms = unit_length(op.reshape(counts, constant([-1, FRAMES, BINS], np.int64), False))
    return op.relu(linear(similarity_around(histograms), weights, 'color_hist_layer.fc'))


def build(weights):
    frames = op.parameter([-1, FRAMES, HEIGHT, WIDTH, 3], np.uint8, name='frames')
    x = op.divide(op.convert(frames, np.float32), constant(255.0))
    x = op.transpose(x, constant([0, 4, 1, 2, 3], np.int64))
    features = []
    for layer in range(LAYERS):
        x = stacked_block(x, weights, f'SDDCNN.{layer}')
        features.append(x)
    x = op.transpose(x, constant([0, 2, 3, 4, 1], np.int64))
    x = op.reshape(x, constant([0, FRAMES, -1], np.int64), True)
    x = op.concat([colour_similarity(frames, weights), frame_similarity(features, weights), x], 2)
    x = op.relu(linear(x, weights, 'fc1'))
    outputs = []
    for layer, name in (('cls_layer1', 'single'), ('cls_layer2', 'many')):
        probability = op.squeeze(op.sigmoid(linear(x, weights, layer)), constant([2], np.int64))
        result = op.result(probability, name=name)
        result.output(0).set_names({name})
        outputs.append(result)
    model = ov.Model(outputs, [frames], 'transnetv2')
    model.inputs[0].set_names({'frames'})
    return model
