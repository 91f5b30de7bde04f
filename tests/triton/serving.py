"""tools/serve-models as a child process, with the model of make_ir.py."""
import select
import signal
import subprocess
import time

import triton_server

HERE = triton_server.ROOT / 'tests/triton'


class ServeModels:
    def __init__(self, work):
        self.work, self.log, self.child = work, work / 'serve_models.log', None
        self.url = f'127.0.0.1:{triton_server.free_ports(1)[0]}'

    def start(self):
        models = self.work / 'models'
        subprocess.run([triton_server.VENV / 'bin/python', HERE / 'make_ir.py', models], check=True)
        with open(self.log, 'ab') as log:
            self.child = subprocess.Popen(
                [triton_server.ROOT / 'tools/serve-models', '--models', models, '--grpc-port', self.url.split(':')[1], '--max-batch', '32',
                 '--threads', '1', '--dynamic-batching'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        end = time.monotonic() + triton_server.READY_S
        while not select.select([self.child.stdout], [], [], 1)[0] and self.child.poll() is None and time.monotonic() < end:
            pass
        line = self.child.stdout.readline() if self.child.poll() is None and time.monotonic() < end else ''
        if not line.startswith(f'tiny at {self.url}'):
            self.stop()
            raise triton_server.NotStarted(f'serve-models did not become ready ({line!r}):\n{self.tail()}')

    def tail(self, lines=30):
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-lines:])

    def stop(self):
        if not self.child:
            return
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        code = self.child.wait(60)
        if code != 0:
            raise RuntimeError(f'serve-models ended with {code}')
