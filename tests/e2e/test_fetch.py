"""`reelbatch models fetch` of an installed program, without a network: a package index that is not there, one that never answers, and a folder of
tiny packages in its place. The packages' own contents are the business of test_models.py."""
import base64
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import zipfile

import harness

TOOLS = harness.ROOT / 'tools'
LIBRARY = 'openvino/libs/libopenvino_c.so.9'


def wheel(folder, version):
    """A package `tinyengine` whose library is a text file. Its line in a requirements file."""
    info = f'tinyengine-{version}.dist-info'
    files = {LIBRARY: f'no library, {version}\n', f'{info}/METADATA': f'Metadata-Version: 2.1\nName: tinyengine\nVersion: {version}\n',
             f'{info}/WHEEL': 'Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'}
    record = ''
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')
        record += f'{name},sha256={digest},{len(text)}\n'
    folder.mkdir(exist_ok=True)
    path = folder / f'tinyengine-{version}-py3-none-any.whl'
    with zipfile.ZipFile(path, 'w') as package:
        for name, text in {**files, f'{info}/RECORD': record + f'{info}/RECORD,,\n'}.items():
            package.writestr(name, text)
    return f'tinyengine=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n'


class Installed(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix='reelbatch_e2e_')
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.copy = shutil.copy(harness.PROGRAM, folder)

    def setUp(self):
        super().setUp()
        self.program = self.work / 'prefix/bin/reelbatch'
        self.program.parent.mkdir(parents=True)
        os.link(self.copy, self.program)  # with a sanitiser it is large
        self.tools = self.work / 'prefix/share/reelbatch/tools'
        self.tools.mkdir(parents=True)
        for path in (*TOOLS.glob('fetch-*'), *TOOLS.glob('*-requirements.txt')):
            shutil.copy(path, self.tools)
        shutil.copytree(TOOLS / 'models', self.tools / 'models', ignore=shutil.ignore_patterns('__pycache__'))
        self.models = self.work / 'models'

    def environment(self, **extra):
        env = harness.environment(PIP_CONFIG_FILE='/dev/null', PIP_NO_INDEX='1', PIP_FIND_LINKS=str(self.work / 'packages'),
                                  XDG_DATA_HOME=str(self.work / 'data'))
        for name in ('REELBATCH_MODELS', 'PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL'):
            env.pop(name, None)
        return {**env, **extra}

    def fetch(self, *arguments, expect, **extra):
        ran = harness.call([str(self.program), 'models', 'fetch', *map(str, arguments)], self.work, self.environment(**extra)).checked()
        self.assertEqual(ran.exit, expect, ran)
        return ran

    def offer(self, version):
        """The package that the scripts want, and no model to build from it."""
        (self.tools / 'models/requirements.txt').write_text(wheel(self.work / 'packages', version))
        (self.tools / 'models/build.py').write_text('import sys, tinyengine_is_not_imported\n' if version == '6' else 'import sys\n')

    def library(self, models):
        found = list((models / '.venv').glob(f'lib/python3*/site-packages/{LIBRARY}'))
        return found[0].read_text() if found else None

    def left(self, models):
        return sorted(path.name for path in models.iterdir())

    def test_it_is_fetched_whole_and_once(self):
        self.offer('1')
        first = self.fetch('--models', self.models, expect=1)
        for step in ('makes a Python environment', 'fetches the engine and the weights', 'checks the models in'):
            self.assertIn(f'fetch-models: {step}', first.err)
        self.assertEqual(self.library(self.models), 'no library, 1\n')
        self.assertIn(f'{LIBRARY}: ', first.err, 'a text file is no library, and the list of models says so')
        self.assertIn('missing', first.out)
        before = (self.models / '.venv').stat()
        again = self.fetch('--models', self.models, '--quiet', expect=1, PIP_FIND_LINKS='/nowhere')
        self.assertNotIn('fetch-models:', again.err)
        self.assertEqual((self.models / '.venv').stat().st_ino, before.st_ino, 'nothing is fetched again')
        self.assertEqual(self.left(self.models), ['.fetch.lock', '.venv'])

    def test_what_was_there_stays_until_the_new_one_is_whole(self):
        self.offer('1')
        self.fetch('--models', self.models, expect=1)
        self.offer('2')
        failed = self.fetch('--models', self.models, expect=3, PIP_FIND_LINKS='/nowhere')
        self.assertIn('pip could not fetch tinyengine==2', failed.err)
        self.assertEqual(self.library(self.models), 'no library, 1\n')
        self.fetch('--models', self.models, expect=1)
        self.assertEqual(self.library(self.models), 'no library, 2\n')
        self.offer('6')
        self.assertIn('the models could not be built: ', self.fetch('--models', self.models, expect=3).err)

    def test_where_it_goes_when_nobody_says(self):
        self.offer('1')
        said = self.fetch('--json', expect=1).json()
        self.assertEqual(said['folder'], str(self.work / 'data/reelbatch/models'))
        self.assertIsNotNone(self.library(self.work / 'data/reelbatch/models'))
        named = self.fetch(expect=1, REELBATCH_MODELS=str(self.models))
        self.assertIn(str(self.models), named.out)
        self.assertIsNotNone(self.library(self.models))

    def test_no_package_index(self):
        ran = self.fetch('--models', self.models, expect=3)
        self.assertIn('fetch-models: pip could not fetch numpy==', ran.err)
        self.assertIn('Is a Python package index within reach?', ran.err)
        self.assertEqual(self.left(self.models), ['.fetch.lock'])

    def test_servers(self):
        self.offer('1')
        ran = self.fetch('--models', self.models, '--servers', expect=3)
        self.assertIn('fetch-triton: triton: ', ran.err)
        self.assertEqual(self.left(self.models), ['.fetch.lock', '.venv'])

    def test_an_interrupted_one_leaves_nothing_half(self):
        silent = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(silent.close)
        silent.settimeout(harness.TIMEOUT_S)
        env = self.environment(PIP_INDEX_URL=f'http://127.0.0.1:{silent.getsockname()[1]}/simple', NO_PROXY='127.0.0.1')
        del env['PIP_NO_INDEX'], env['PIP_FIND_LINKS']
        child = subprocess.Popen([self.program, 'models', 'fetch', '--models', self.models], cwd=self.work, env=env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True)
        try:
            connection, _ = silent.accept()  # pip asks, and waits for ever
            self.assertIn('.venv.new', self.left(self.models))
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=harness.TIMEOUT_S)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
        connection.close()
        self.assertEqual(child.returncode, 130, err)
        self.assertEqual(self.left(self.models), ['.fetch.lock'])
        with open(self.models / '.fetch.lock') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody fetches any more

    def test_a_second_one_waits_for_the_first(self):
        self.offer('1')
        self.models.mkdir()
        with open(self.models / '.fetch.lock', 'w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            child = subprocess.Popen([self.program, 'models', 'fetch', '--models', self.models], cwd=self.work, env=self.environment(),
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn('waits for another fetch', child.stderr.readline())
            self.assertIsNone(self.library(self.models))
            fcntl.flock(lock, fcntl.LOCK_UN)
        child.communicate(timeout=harness.TIMEOUT_S)
        self.assertEqual(child.returncode, 1)
        self.assertIsNotNone(self.library(self.models))

    def test_places_that_cannot_be_written(self):
        (self.work / 'file').touch()
        ran = self.fetch('--models', self.work / 'file/models', expect=3)
        self.assertIn(f'cannot make the folder {self.work}/file/models', ran.err)
        self.assertIn('reelbatch models fetch --models DIR', ran.err)

    def test_wrong_calls(self):
        ran = self.fetch('transnetv2', expect=2)
        self.assertIn('takes no argument, but got transnetv2', ran.err)

    def script(self, text, python):
        """Calls functions of fetch-common with a stand-in for Python."""
        stand_in = self.work / 'python'
        stand_in.write_text(f'#!/bin/sh\n{python}\nexit 1\n')
        stand_in.chmod(0o755)
        return harness.call(['bash', '-c', f'. "{self.tools}/fetch-common"; open_folder "{self.models}"; {text}'], self.work, self.environment())

    def test_what_python_lacks(self):
        ran = self.script('make_venv ./python there.new', 'echo "The virtual environment was not created: ensurepip is not available."')
        self.assertEqual(ran.exit, 3)
        self.assertIn('apt-get install python3-venv', ran.err)
        ran = self.script('make_venv /nowhere/python3 there.new', '')
        self.assertEqual(ran.exit, 3)
        self.assertIn('/nowhere/python3 is not here', ran.err)

    def test_a_full_disk(self):
        (self.work / 'venv/bin').mkdir(parents=True)
        (self.work / 'venv/bin/python').symlink_to('../../python')
        ran = self.script(f'install_packages venv "{self.tools}/models/requirements.txt"',
                          'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2')
        self.assertEqual(ran.exit, 3)
        self.assertIn('no space is left on the device', ran.err)
        ran = self.script('need_space 999999999', '')
        self.assertEqual(ran.exit, 3)
        self.assertRegex(ran.err, r'has \d+ MB of free space, 999999999 MB are needed')

    def test_a_component_whose_model_is_missing(self):
        self.take('a.mp4')
        ran = harness.call([str(self.program), 'run', 'a.mp4', '--components', 'cut_detection,speech_activity', '--out', 'out'], self.work,
                           self.environment()).checked()
        self.assertEqual(ran.exit, 3)
        self.assertEqual(len(ran.err.splitlines()), 1, 'one line')
        self.assertIn(f'{self.work}/data/reelbatch/models/silero_vad/model.json: there is no model in this folder; fetch it with `reelbatch models fetch --models {self.work}/data/reelbatch/models`', ran.err)
        self.assertFalse((self.work / 'out').exists(), 'nothing has begun')
        doctor = harness.call([str(self.program), 'doctor'], self.work, self.environment()).checked()
        self.assertEqual(doctor.exit, 0, 'models are optional')
        self.assertEqual(doctor.out.count('-> reelbatch models fetch  (optional: only '), 2, doctor)
