"""An mlserver from tools/fetch-triton --mlserver as a child process, with the models of tests/triton/mlserver_models.py."""
import json
import os
import pathlib
import shutil
import subprocess
import time

import triton_server

VENV = triton_server.ROOT / 'models/.mlserver-venv'
CODE = pathlib.Path(__file__).with_name('mlserver_models.py')


def tensor(name, datatype, shape):
    return {'name': name, 'datatype': datatype, 'shape': shape}


# name -> class, tensors. `undeclared` says nothing of its tensors.
MODELS = {
    'identity': ('Identity', {'inputs': [tensor('IN', 'FP32', [-1, 4])], 'outputs': [tensor('OUT', 'FP32', [-1, 4])]}),
    'undeclared': ('Identity', {}),
    'fails': ('Fails', {'inputs': [tensor('IN', 'FP32', [-1, 4])], 'outputs': [tensor('OUT', 'FP32', [-1, 4])]}),
    'cuda_oom': ('CudaOom', {'inputs': [tensor('IN', 'FP32', [-1, 4])], 'outputs': [tensor('OUT', 'FP32', [-1, 4])]}),
}
MESSAGE_BYTES = 1048576   # above it mlserver says RESOURCE_EXHAUSTED


class Mlserver:
    def __init__(self, work):
        self.work, self.log, self.child = work, work / 'mlserver.log', None
        self.grpc_port, self.http_port, self.metrics_port = triton_server.free_ports(3)

    @property
    def url(self):
        return f'127.0.0.1:{self.grpc_port}'

    def write(self):
        folder = self.work / 'mlserver'
        folder.mkdir(exist_ok=True)
        shutil.copyfile(CODE, folder / 'mlserver_models.py')
        (folder / 'settings.json').write_text(json.dumps({
            'host': '127.0.0.1', 'http_port': self.http_port, 'grpc_port': self.grpc_port, 'metrics_port': self.metrics_port,
            'parallel_workers': 0, 'grpc_max_message_length': MESSAGE_BYTES, 'debug': False}))
        for name, (kind, tensors) in MODELS.items():
            model = folder / name
            model.mkdir(exist_ok=True)
            settings = {'name': name, 'implementation': f'mlserver_models.{kind}', 'parameters': {'version': '3'}, **tensors}
            (model / 'model-settings.json').write_text(json.dumps(settings))
        return folder

    def start(self):
        folder = self.write()
        environment = dict(os.environ, PYTHONPATH=str(folder))
        with open(self.log, 'ab') as log:
            self.child = subprocess.Popen([VENV / 'bin/python', '-m', 'mlserver.cli.main', 'start', folder], cwd=folder, env=environment,
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + triton_server.READY_S
        while not triton_server.is_ready(self.http_port):
            if self.child.poll() is not None or time.monotonic() > end:
                self.stop()
                raise triton_server.NotStarted(f'mlserver did not become ready; the end of its log:\n{self.tail()}')
            time.sleep(0.1)

    def tail(self, lines=30):
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-lines:])

    def signal(self, number):
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)

    def wait(self, timeout=60):
        if self.child:
            self.child.wait(timeout)

    def kill(self):
        self.signal(9)
        self.wait()

    def stop(self, patience=20):
        self.signal(15)
        try:
            self.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
