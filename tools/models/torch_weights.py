"""Tensors out of a PyTorch weights file, without PyTorch: a zip with a pickle and raw storages.

Only what such a file needs is unpickled: any other name in it is an error, so nothing in it can run.
"""
import collections
import pickle
import zipfile

import numpy as np

STORAGES = {'FloatStorage': np.float32, 'HalfStorage': np.float16, 'DoubleStorage': np.float64, 'LongStorage': np.int64,
            'IntStorage': np.int32, 'ByteStorage': np.uint8, 'BoolStorage': np.bool_}


def load(path):
    """{name: array} of a state dict."""
    with zipfile.ZipFile(path) as archive:
        pickled = next(name for name in archive.namelist() if name.endswith('/data.pkl'))
        folder = pickled.rsplit('/', 1)[0]

        def tensor(storage, offset, size, stride, *_):
            flat = storage[offset:]
            if any(stride):
                flat = np.lib.stride_tricks.as_strided(flat, size, [step * storage.itemsize for step in stride])
            return np.array(flat).reshape(size)

        class Reader(pickle.Unpickler):
            def find_class(self, module, name):
                if module == 'torch' and name in STORAGES:
                    return STORAGES[name]
                if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
                    return tensor
                if (module, name) == ('collections', 'OrderedDict'):
                    return collections.OrderedDict
                raise pickle.UnpicklingError(f'{path}: holds {module}.{name}, which no weights need')

            def persistent_load(self, identity):
                kind, dtype, key, _, count = identity
                if kind != 'storage':
                    raise pickle.UnpicklingError(f'{path}: holds a {kind}')
                return np.frombuffer(archive.read(f'{folder}/data/{key}'), dtype, count)

        with archive.open(pickled) as file:
            return Reader(file).load()
