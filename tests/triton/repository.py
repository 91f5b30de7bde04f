"""The model repository that tests/triton/run_real.py serves: a model for every way in which a real server answers."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools'))
import triton_server  # noqa: E402

CODE = pathlib.Path(__file__).with_name('test_model.py')


def tensors(kind, specs):
    """specs: NAME TYPE dims, such as 'IN FP32 4'."""
    rows = []
    for spec in specs:
        name, datatype, *dims = spec.split()
        rows.append(f'{{ name: "{name}" data_type: TYPE_{datatype} dims: [ {", ".join(dims)} ] }}')
    return f'{kind} [ {", ".join(rows)} ]\n'


def config(name, max_batch, inputs=('IN FP32 4',), outputs=('OUT FP32 4',), extra='', **parameters):
    text = f'name: "{name}"\nbackend: "python"\nmax_batch_size: {max_batch}\n' + tensors('input', inputs) + tensors('output', outputs)
    text += 'instance_group [ { kind: KIND_CPU count: 1 } ]\n'
    for key, value in parameters.items():
        text += f'parameters {{ key: "{key}" value: {{ string_value: "{value}" }} }}\n'
    return text + extra


def write(folder, names=None):
    """All models, or those named."""
    policy = 'dynamic_batching {{ max_queue_delay_microseconds: 0 default_queue_policy {{ {} }} }}\n'
    all_types = ('F32', 'FP32'), ('I32', 'INT32'), ('I64', 'INT64'), ('U8', 'UINT8')
    models = {
        'identity': config('identity', 8, ['IN FP32 -1'], ['OUT FP32 -1']),
        'types': config('types', 4, [f'IN_{n} {t} 2 3' for n, t in all_types], [f'OUT_{n} {t} 2 3' for n, t in all_types],
                        weights_digest='sha256:' + '5' * 64, precision='f32'),
        'add': config('add', 8, ['A FP32 4', 'B FP32 4'], ['SUM FP32 4', 'DIFFERENCE FP32 4'], behaviour='add'),
        'cuda_oom': config('cuda_oom', 16, behaviour='cuda_oom', above=3),
        'memory_error': config('memory_error', 16, behaviour='memory_error', above=2),
        'fails': config('fails', 8, behaviour='fails'),
        'nan': config('nan', 8, behaviour='nan'),
        'slow': config('slow', 8, behaviour='slow'),
        'slow_large': config('slow_large', 2, ['IN FP32 65536'], ['OUT FP32 65536'], behaviour='slow'),
        'kill_stub': config('kill_stub', 8, behaviour='kill_stub'),
        'queue_of_one': config('queue_of_one', 1, extra=policy.format('max_queue_size: 1'), behaviour='slow'),
        'short_queue_time': config('short_queue_time', 1, extra=policy.format('timeout_action: REJECT default_timeout_microseconds: 50000'),
                                   behaviour='slow'),
        'one': config('one', 1),
        'as_is': config('as_is', 0, ['IN FP32 2 4'], ['OUT FP32 2 4']),
        'other_type': config('other_type', 8, behaviour='other_type'),
        'other_shape': config('other_shape', 8, behaviour='other_shape'),
        'half': config('half', 8, ['IN FP16 4'], ['OUT FP16 4']),
    }
    for name, text in models.items():
        if names is None or name in names:
            triton_server.write_model(folder, name, text, CODE)
