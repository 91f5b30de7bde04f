"""A tritonserver from tools/fetch-triton as a child process: started on loopback, waited for, stopped by its own pid, swept up after.

Python standard library only.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]


def usual_models():
    """Where `reelbatch models fetch` fetches to: models/ of the source tree; of an installed program the user's folder of data."""
    if (ROOT / 'CMakeLists.txt').exists():
        return ROOT / 'models'
    data = os.environ.get('XDG_DATA_HOME', '')
    return pathlib.Path(data if data.startswith('/') else os.path.expanduser('~/.local/share')) / 'reelbatch/models'


VENV = usual_models() / '.triton-venv'
SERVER = VENV / 'lib/python3.11/site-packages/pytriton/tritonserver'
READY_S = 120      # loading is seconds; a busy machine may need many
DEV_SHM = pathlib.Path('/dev/shm')


class NotStarted(Exception):
    pass


def fetch(*arguments):
    """None, or why it cannot be had."""
    done = subprocess.run([ROOT / 'tools/fetch-triton', *arguments, usual_models()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env={**os.environ, 'REELBATCH_FETCH_QUIET': '1'})
    return None if done.returncode == 0 else done.stdout.strip()


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(('127.0.0.1', 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_ready(http_port, path='/v2/health/ready'):
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(f'http://127.0.0.1:{http_port}{path}', timeout=2).status == 200
    except (urllib.error.URLError, OSError):
        return False


class Triton:
    """One server over one model repository. start() again after its end: the same ports."""

    def __init__(self, repository, log, grpc_port=0, explicit=True, arguments=()):
        self.repository, self.log, self.arguments = pathlib.Path(repository), pathlib.Path(log), list(arguments)
        self.explicit = explicit
        free = free_ports(3)
        self.grpc_port, self.http_port, self.metrics_port = grpc_port or free[0], free[1], free[2]
        self.child = None
        # The Python backend's shared memory, told apart from that of any other server on this machine.
        self.prefix = f'reelbatch_triton_{os.getpid()}_{self.grpc_port}_'

    @property
    def url(self):
        return f'127.0.0.1:{self.grpc_port}'

    def command(self):
        command = [SERVER / 'bin/tritonserver', '--model-repository', self.repository, '--backend-directory', SERVER / 'backends',
                   '--http-address', '127.0.0.1', '--grpc-address', '127.0.0.1', '--metrics-address', '127.0.0.1',
                   '--grpc-port', self.grpc_port, '--http-port', self.http_port, '--metrics-port', self.metrics_port,
                   '--backend-config', f'python,shm-region-prefix-name={self.prefix}', *self.arguments]
        if self.explicit:
            command += ['--model-control-mode=explicit', '--load-model=*']
        return list(map(str, command))

    def start(self):
        """Returns when the server and its models are ready."""
        self.sweep()
        environment = dict(os.environ, PATH=f'{VENV / "bin"}:{os.environ["PATH"]}')
        with open(self.log, 'ab') as log:
            # A session of its own: what it starts (a process for every Python model) can be ended with it.
            self.child = subprocess.Popen(self.command(), env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + READY_S
        while not is_ready(self.http_port):
            if self.child.poll() is not None:
                raise NotStarted(f'tritonserver ended with {self.child.returncode}; the end of {self.log}:\n{self.tail()}')
            if time.monotonic() > end:
                self.stop()
                raise NotStarted(f'tritonserver is not ready after {READY_S} s; the end of {self.log}:\n{self.tail()}')
            time.sleep(0.05)

    def tail(self, lines=30):
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-lines:])

    def signal(self, number):
        """Sends it without waiting."""
        if self.child and self.child.poll() is None:
            self.child.send_signal(number)

    def wait(self, timeout=60):
        if self.child:
            self.child.wait(timeout)
            # Model processes of a server that was killed do not end by themselves.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
        self.sweep()

    def kill(self):
        """Away at once, as after a crash."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self, patience=20):
        """Ends it the way it likes, or else at once."""
        self.signal(signal.SIGTERM)
        try:
            self.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def sweep(self):
        """What a killed server and its model processes leave in /dev/shm."""
        for left in DEV_SHM.glob(self.prefix + '*'):
            left.unlink(missing_ok=True)


def write_model(repository, name, config, code, version=1):
    """A model of the Python backend: its config as text, its code copied from a file."""
    folder = pathlib.Path(repository) / name / str(version)
    folder.mkdir(parents=True)
    (folder.parent / 'config.pbtxt').write_text(config)
    shutil.copyfile(code, folder / 'model.py')
