"""What every end-to-end test needs: the built programs, scratch folders, clips, and what no run may ever show.

The program is $REELBATCH_PROGRAM, and reelbatch-lab $REELBATCH_LAB (ctest sets both). Clips are made with the ffmpeg CLI, once per build, and are not committed.
"""
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = pathlib.Path(os.environ.get('REELBATCH_PROGRAM', ROOT / 'build/dev/reelbatch')).absolute()
LAB = pathlib.Path(os.environ.get('REELBATCH_LAB', PROGRAM.with_name('reelbatch-lab'))).absolute()
CACHE = pathlib.Path(os.environ.get('REELBATCH_TEST_CACHE', PROGRAM.parent / 'test-clips')).absolute()
SHARED_DATA = pathlib.Path(os.environ.get('REELBATCH_SHARED_DATA', ROOT / '../shared/data')).resolve()
# A run of a test clip takes seconds, a hundred times that under ThreadSanitizer on a busy machine; this much is a hang.
TIMEOUT_S = 900 if os.environ.get('REELBATCH_SANITIZE') == 'thread' else 240
# `make soak` sets it: every combination. Without it (`make test`) a test takes a part of them, and says which.
SOAK = bool(os.environ.get('REELBATCH_SOAK'))
SKIPPED = 77     # the exit code that ctest prints as "Skipped"

# What a run never prints, whatever its input: sanitiser reports, and the C++ runtime's last words.
SCREAMS = re.compile(r'Sanitizer|runtime error:|terminate called|Assertion|core dumped|pure virtual|corrupted size|double free')


class CalledWrong(AssertionError):
    pass


def environment(**extra):
    """The caller's environment, made the same everywhere. A sanitiser's exit code must not look like ours."""
    env = dict(os.environ)
    for name in list(env):
        if name.startswith(('REELBATCH_SIMD', 'SOURCE_DATE_EPOCH', 'NO_COLOR', 'CLICOLOR')):
            del env[name]
    env.update(LC_ALL='C.UTF-8', TERM='xterm', PATH=f'{PROGRAM.parent}:{LAB.parent}:{env["PATH"]}',
               ASAN_OPTIONS='exitcode=86:detect_leaks=1:allocator_may_return_null=1:max_allocation_size_mb=4096',
               UBSAN_OPTIONS='print_stacktrace=1', TSAN_OPTIONS=f'exitcode=86:halt_on_error=0:suppressions={ROOT}/tools/tsan.supp', **extra)
    return env


class Ran:
    """One finished run: exit, out, err (text; bytes that are no UTF-8 arrive as surrogates)."""

    def __init__(self, command, code, out, err):
        self.command, self.exit = command, code
        self.out, self.err = (x.decode('utf-8', 'surrogateescape') for x in (out, err))

    def __str__(self):
        text = f'$ {self.command}\nexit {self.exit}\n--- stdout\n{self.out}\n--- stderr\n{self.err}'
        return text.encode('utf-8', 'backslashreplace').decode()

    def json(self):
        return json.loads(self.out)

    def checked(self):
        """Itself, unless it ended by a signal or screamed."""
        scream = SCREAMS.search(self.err) or SCREAMS.search(self.out)
        if scream or self.exit in (86, 126, 127, 134, 139) or self.exit < 0:
            raise CalledWrong(f'it crashed ({scream.group(0) if scream else "by its exit code"}):\n{self}')
        return self


def call(command, cwd, env=None, timeout=TIMEOUT_S):
    """Runs `command` (a list, or a shell line) with no stdin to its end, or fails on a hang. Kills the whole group then."""
    shown = command if isinstance(command, str) else shlex.join(map(os.fsdecode, command))
    child = subprocess.Popen(['bash', '-c', command] if isinstance(command, str) else command, cwd=cwd,
                             env=env or environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        raise CalledWrong(f'it hangs: not done after {timeout} s\n{Ran(shown, child.returncode, out, err)}') from None
    return Ran(shown, child.returncode, out, err)


def reelbatch(*arguments, cwd, env=None, timeout=TIMEOUT_S):
    return call([str(PROGRAM), *arguments], cwd, env, timeout).checked()


def lab(*arguments, cwd, env=None, timeout=TIMEOUT_S):
    return call([str(LAB), *arguments], cwd, env, timeout).checked()


def ffmpeg(arguments, cwd):
    done = call(['ffmpeg', '-v', 'error', '-nostdin', '-y', *arguments], cwd)
    if done.exit != 0:
        raise CalledWrong(f'the test clip could not be made:\n{done}')


# Two kinds of textured motion joined by one hard cut: frame 25 is the first of the second shot.
TWO_SHOTS = ('-f lavfi -i testsrc2=s={size}:r={fps}:d={half} -f lavfi -i mandelbrot=s={size}:r={fps}:start_scale=2 '
             '-filter_complex [1]trim=duration={half},setsar=1[b];[0]setsar=1[a];[a][b]concat=n=2:v=1,format=yuv420p ')


def clip(name='good.mp4', size='160x120', fps=25, half=1.0, codec='-c:v libx264 -preset veryfast -threads 1', extra=''):
    """Path of a cached clip of 2 x half seconds with one hard cut in its middle."""
    recipe = TWO_SHOTS.format(size=size, fps=fps, half=half) + f'{codec} {extra}'
    folder = CACHE / hashlib.sha256(recipe.encode()).hexdigest()[:16]
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:  # renamed in whole: tests run side by side
            ffmpeg([*shlex.split(recipe), name], scratch)
            os.replace(pathlib.Path(scratch) / name, path)
    return path


def tree(folder, ignore=('.reelbatch',)):
    """{relative path: SHA-256} of every file below; what is in `ignore` is a program's own business."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob('*')):
        relative = path.relative_to(folder)
        if path.is_file() and not set(relative.parts) & set(ignore):
            found[os.fsdecode(bytes(relative))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


class TestCase(unittest.TestCase):
    """A scratch folder per test, removed afterwards, and run() in it."""
    maxDiff = 4000

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix='reelbatch_e2e_'))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)

    def run_reelbatch(self, *arguments, expect=0, env=None, timeout=TIMEOUT_S):
        done = reelbatch(*arguments, cwd=self.work, env=env, timeout=timeout)
        self.assertEqual(done.exit, expect, done)
        return done

    def run_lab(self, *arguments, expect=0):
        done = lab(*arguments, cwd=self.work)
        self.assertEqual(done.exit, expect, done)
        return done

    def take(self, *names, **recipe):
        """Copies one cached clip into the scratch folder under each name."""
        for name in names:
            target = self.work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip(f'clip{pathlib.Path(name).suffix}', **recipe), target)

    def one(self, pattern):
        found = sorted(self.work.glob(pattern))
        self.assertEqual(len(found), 1, f'{pattern} in {sorted(map(str, self.work.rglob("*")))}')
        return found[0]
