#!/usr/bin/env python3
"""Runs a program of tests (tests/triton/*_test.cc) against a real server that it starts and stops.

usage: run_real.py triton|without_control|served_ir|mlserver PROGRAM [argument of the program ...]
The program finds the server in $REELBATCH_SERVER_URL, and in $REELBATCH_SERVER_CONTROL a socket that takes lines "term", "kill",
"wait", "start" and answers "ok" to each. Exit 77: the server cannot be had here; it says why.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / 'tools')]
import mlserver_process  # noqa: E402
import repository  # noqa: E402
import serving  # noqa: E402
import triton_server  # noqa: E402

SKIPPED = 77
FILTERS = {'triton': 'Triton.*', 'without_control': 'WithoutControl.*', 'served_ir': 'ServedIr.*', 'mlserver': 'Mlserver.*'}


def obey(server, word):
    if word == 'term':
        server.signal(signal.SIGTERM)
    elif word == 'kill':
        server.kill()
    elif word == 'wait':
        server.wait()
    elif word == 'start':
        server.start()
    else:
        raise ValueError(f'no command is called {word}')


def serve_control(listener, server):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile('rw') as lines:
            word = lines.readline().strip()
            try:
                obey(server, word)
                lines.write('ok\n')
            except Exception as error:  # whatever it is, the test must hear of it
                lines.write(f'{error}\n'.replace('\n', ' ') + '\n')


def make_server(kind, work):
    if kind == 'mlserver':
        return mlserver_process.Mlserver(work)
    if kind == 'served_ir':
        return serving.ServeModels(work)
    names = None if kind == 'triton' else {'kill_stub', 'identity'}
    repository.write(work / 'models', names)
    return triton_server.Triton(work / 'models', work / 'triton.log', explicit=kind == 'triton')


def leftovers(pid):
    """What the client left in /dev/shm."""
    return sorted(str(path) for path in triton_server.DEV_SHM.glob(f'reelbatch_{pid}_*'))


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in FILTERS:
        print(__doc__, file=sys.stderr)
        return 2
    kind, program = sys.argv[1], sys.argv[2:]
    refused = triton_server.fetch(*(['--mlserver'] if kind == 'mlserver' else []))
    if refused:
        print(f'left out: the tests of the client against a real server ({kind}): {refused}')
        return SKIPPED
    work = pathlib.Path(tempfile.mkdtemp(prefix='reelbatch_real_'))
    server = make_server(kind, work)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(work / 'control'))
        listener.listen()
        server.start()
        threading.Thread(target=serve_control, args=(listener, server), daemon=True).start()
        environment = dict(os.environ, REELBATCH_SERVER_URL=server.url, REELBATCH_SERVER_CONTROL=str(work / 'control'))
        if kind == 'triton':
            environment['REELBATCH_SERVER_HTTP_PORT'] = str(server.http_port)
        child = subprocess.Popen([*program, f'--gtest_filter={FILTERS[kind]}'], env=environment)
        code = child.wait()
        if code == 0 and leftovers(child.pid):
            print(f'the client left in /dev/shm: {", ".join(leftovers(child.pid))}')
            code = 1
        if code != 0:
            print(f'--- the end of the log of {kind}\n{server.tail(60)}')
        return code
    except triton_server.NotStarted as error:
        print(error)
        return 1
    finally:
        listener.close()
        server.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
