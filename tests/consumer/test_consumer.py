#!/usr/bin/env python3
"""What a program that links the library gets: installed (CMake package, pkg-config), shared, and as a part of its own project.

usage: test_consumer.py BUILD SHARED_LIBRARY     BUILD: a build folder of this tree, with the static library in it
Everything is built with that build's compiler, outside of the tree. Python standard library only.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / 'tests/e2e'))
import harness  # noqa: E402

BUILD = SHARED = None  # main() sets them
BUILD_S = 900          # for a configuration, or a program of one file, on a busy machine
THE_CUT = 'hard 1.000000 25\n'  # what detect.cc prints


def cached(name):
    """What the build folder was configured with."""
    return re.search(rf'^{name}:\w+=(.*)$', (BUILD / 'CMakeCache.txt').read_text(), re.M).group(1)


def succeed(command, cwd, **extra):
    done = harness.call(command, cwd, harness.environment(**extra), BUILD_S)
    if done.exit != 0:
        raise AssertionError(str(done))
    return done.out


def compile_here(source, program, flags, cwd, **extra):
    succeed([cached('CMAKE_CXX_COMPILER'), '-Wall', '-Wextra', '-Werror', '-o', program, str(HERE / source), *flags], cwd, **extra)


class Consumer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix='reelbatch_consumer_'))
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.prefix = cls.scratch / 'prefix'
        succeed(['cmake', '--install', str(BUILD), '--prefix', str(cls.prefix)], cls.scratch)

    def configure(self, source, folder, *options):
        succeed(['cmake', '-G', 'Ninja', '-S', str(source), '-B', folder,
                 f'-DCMAKE_CXX_COMPILER={cached("CMAKE_CXX_COMPILER")}', *options], self.scratch)

    def test_the_cmake_package(self):
        self.configure(HERE, 'package', f'-DCMAKE_PREFIX_PATH={self.prefix}')
        succeed(['cmake', '--build', 'package'], self.scratch)
        self.assertEqual(succeed(['package/detect'], self.scratch), THE_CUT)
        self.check_cuts('package/cuts')

    def check_cuts(self, program):
        """A session finds what the installed `reelbatch cuts` finds."""
        ours = str(self.prefix / 'bin/reelbatch')
        succeed([ours, 'demo', '--out', 'demo'], self.scratch)
        said = json.loads(succeed([ours, 'cuts', 'demo/demo_reel.mp4', '--json'], self.scratch))
        expected = [(event['type'], event['frame' if event['type'] == 'hard' else 'start_frame']) for event in said['events']]
        self.assertGreaterEqual(len(expected), 8)
        found = [line.split() for line in succeed([program, 'demo/demo_reel.mp4'], self.scratch).splitlines()]
        self.assertEqual([(kind, int(frame)) for _, kind, _, frame in found], expected)
        for (_, _, seconds, frame) in found:
            self.assertAlmostEqual(float(seconds), int(frame) / 25, places=5)

    def test_a_package_of_another_minor_version_is_refused(self):
        text = 'cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES CXX)\nfind_package(reelbatch 0.2)\n' \
               'if(reelbatch_FOUND)\n  message(FATAL_ERROR "0.1 is no 0.2")\nendif()\n'
        (self.scratch / 'other').mkdir()
        (self.scratch / 'other/CMakeLists.txt').write_text(text)
        self.configure('other', 'other_build', f'-DCMAKE_PREFIX_PATH={self.prefix}')

    def test_pkg_config(self):
        folder, = self.prefix.rglob('pkgconfig')
        path = {'PKG_CONFIG_PATH': str(folder)}
        self.assertEqual(succeed(['pkg-config', '--modversion', 'reelbatch'], self.scratch, **path), cached('CMAKE_PROJECT_VERSION') + '\n')
        flags = shlex.split(succeed(['pkg-config', '--cflags', '--libs', 'reelbatch'], self.scratch, **path))
        compile_here('detect.cc', 'with_pkg_config', flags, self.scratch)
        self.assertEqual(succeed(['./with_pkg_config'], self.scratch), THE_CUT)

    def test_what_is_installed(self):
        headers = {path.name for path in (self.prefix / 'include').rglob('*') if path.is_file()}
        self.assertEqual(headers, {path.name for path in (ROOT / 'include/reelbatch').iterdir()})
        archives = [path.name for path in self.prefix.rglob('*.a')]
        self.assertEqual(archives, ['libreelbatch.a'])
        self.assertIn('reelbatch', succeed([str(self.prefix / 'bin/reelbatch'), '--version'], self.scratch))
        tools = self.prefix / 'share/reelbatch/tools'
        scripts = {path.name for path in tools.iterdir() if path.is_file() and os.access(path, os.X_OK)}
        self.assertEqual(scripts, {'fetch-models', 'fetch-triton', 'serve-models'})
        for path in ('fetch-common', 'triton_server.py', 'models/build.py', 'models/requirements.txt', 'openvino_backend/model.py'):
            self.assertTrue((tools / path).is_file(), path)
        self.assertEqual([], list(self.prefix.rglob('__pycache__')))

    def test_the_program_needs_no_engine_of_models(self):
        for binary in (self.prefix / 'bin/reelbatch', SHARED):
            self.assertNotIn('openvino', succeed(['readelf', '-d', str(binary)], self.scratch))
        refused = harness.call([str(self.prefix / 'bin/reelbatch'), 'models', 'fetch', '--models', '/dev/null/models'], self.scratch)
        self.assertEqual(refused.exit, 3)
        self.assertIn('fetch-models: cannot make the folder /dev/null/models', refused.err, 'the installed script is found')

    def test_the_shared_library(self):
        compile_here('detect.cc', 'with_shared', ['-std=c++23', f'-I{self.prefix}/include', f'-L{SHARED.parent}', '-lreelbatch',
                                                  f'-Wl,-rpath,{SHARED.parent}'], self.scratch)
        self.assertEqual(succeed(['./with_shared'], self.scratch), THE_CUT)
        major, minor, _ = cached('CMAKE_PROJECT_VERSION').split('.')
        self.assertIn(f'[libreelbatch.so.{major}.{minor}]', succeed(['readelf', '-d', './with_shared'], self.scratch))

    def test_the_shared_library_shows_nothing_but_the_public_names(self):
        headers = '\n'.join(path.read_text() for path in (ROOT / 'include/reelbatch').iterdir())
        public = set(re.findall(r'^(?:class REELBATCH_API (\w+)|REELBATCH_API [\w:]+ (\w+)\()', headers, re.M))
        public = {one or other for one, other in public}
        self.assertGreaterEqual(public, {'Detector', 'Session', 'LibraryVersion', 'ErrorName', 'SetFfmpegLog'})
        shown = succeed(['nm', '-D', '-C', '--defined-only', str(SHARED)], self.scratch).splitlines()
        names = [line.split(' ', 2)[2] for line in shown]
        of_whom = re.compile(r'^(typeinfo( name)? for |vtable for )?reelbatch::(' + '|'.join(public) + r')(\(|::(?!Impl\b)|$)')
        self.assertEqual([name for name in names if not of_whom.match(name)], [])
        self.assertTrue(any(name.startswith('reelbatch::Detector::Push(') for name in names), names)

    def test_as_a_part_of_another_project(self):
        # Every file alone, so that the list of commands names it.
        self.configure(HERE / 'subproject', 'subproject', f'-DREELBATCH_SOURCES={ROOT}', '-DREELBATCH_UNITY=OFF')
        built = json.loads((self.scratch / 'subproject/compile_commands.json').read_text())
        files = {pathlib.Path(entry['file']): entry['command'] for entry in built}
        ours = {str(path.relative_to(ROOT)) for path in files if ROOT in path.parents}
        self.assertIn('src/engine/public_detector.cc', ours)
        # The worker belongs to the library, which starts it.
        others = {name for name in ours if not name.startswith('apps/reelbatch-worker/')}
        self.assertLess(others, ours)
        self.assertEqual([name for name in others if name.startswith(('apps/', 'bench/')) or name.endswith(('_test.cc', '_bench.cc'))], [])
        command = files[HERE / 'detect.cc']
        self.assertRegex(command, r'-std=(gnu|c)\+\+23')
        for leaked in ('-Wall', '-fvisibility', '-ffp-contract', f'{ROOT}/src', 'REELBATCH_VERSION', 'ccache'):
            self.assertNotIn(leaked, command)
        succeed(f'{command} -fsyntax-only', self.scratch / 'subproject')


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    BUILD, SHARED = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
