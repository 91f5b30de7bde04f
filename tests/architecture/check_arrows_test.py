"""check_arrows.py is right only if it fails: one planted violation of every kind, each named by file and line."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
CHECK = pathlib.Path(__file__).with_name('check_arrows.py')

# (file, its content, line of the violation, words of the message)
PLANTED = [
    ('src/base/planted.h', '#pragma once\n#include "contracts/outcome.h"\n', 2, 'no arrow base -> contracts'),
    ('src/contracts/planted.cc', '#include "base/result.h"\n#include "store/identity.h"\n', 2, 'no arrow contracts -> store'),
    ('src/vision/planted.cc', '// a line\n#include "media/video_reader.h"\n', 2, 'no arrow vision -> media'),
    ('src/media/planted.cc', '#include "vision/ssim.h"\n', 1, 'no arrow media -> vision'),
    ('src/store/planted.cc', '#include "runtime/run_sink.h"\n', 1, 'no arrow store -> runtime'),
    ('src/runtime/planted.cc', '\n#include "store/identity.h"\n', 2, 'no arrow runtime -> store'),
    ('src/runtime/planted.h', '#include "apps/reelbatch/table.h"\n', 1, 'nothing includes apps'),
    ('src/store/planted.h', '#include "identity.h"\n', 1, 'by their path from src/'),
    ('src/components/planted.cc', '#include <libavcodec/avcodec.h>\n', 1, 'FFmpeg is for media only'),
    ('apps/planted/planted.cc', '#include <libswscale/swscale.h>\n', 1, 'FFmpeg is for media only'),
    ('src/store/planted_thread.cc', '/* two\nlines */\n#include <thread>\n', 3, 'threads are for runtime'),
    ('src/vision/planted.h', '#include <future>\n', 1, 'threads are for runtime'),
    ('src/media/planted_cv.cc', '#include <condition_variable>\n', 1, 'threads are for runtime'),
    ('src/planning/planted.cc', 'void F() {\n  std::jthread t([] {});\n}\n', 2, 'threads are for runtime'),
    ('src/planning/planted_time.cc', 'auto F() {\n  return std::chrono::system_clock::now();\n}\n', 2, 'base/clock.h only'),
    ('apps/planted/time.cc', 'auto T() { return time(nullptr); }\n', 1, 'base/clock.h only'),
    ('src/runtime/planted_time.cc', 'int F(timespec* t) { return clock_gettime(0, t); }\n', 1, 'base/clock.h only'),
    ('src/base/planted_env.cc', '#include <cstdlib>\nconst char* F() { return std::getenv("X"); }\n', 2, 'in apps only'),
    ('src/eval/planted.cc', '#include <iostream>\nvoid F() { std::cout << 1; }\n', 2, 'for apps only'),
    ('src/costs/planted.cc', 'void F() {\n\n  printf("x");\n}\n', 3, 'for apps only'),
    ('src/media/planted_exit.cc', 'void F() { std::exit(1); }\n', 1, 'only apps may end the process'),
    ('src/media/planted_version.cc', '\n#if LIBAVCODEC_VERSION_MAJOR < 60\n#endif\n', 2, 'in src/media/ffmpeg_versions.h only'),
    ('apps/planted/version.cc', 'int v = LIBSWSCALE_VERSION_INT;\n', 1, 'in src/media/ffmpeg_versions.h only'),
    ('src/engine/planted_load.cc', 'void* F() { return ::dlopen("x", 0); }\n', 1, 'in inference and measure only'),
    ('src/runtime/planted_sql.cc', '#include <sqlite3.h>\n', 1, 'SQLite is for store only'),
    ('src/components/planted_ov.cc', '#include <openvino/openvino.hpp>\n', 1, 'for inference only'),
    ('src/runtime/planted_grpc.cc', '#include <grpcpp/grpcpp.h>\n', 1, 'for inference only'),
    ('apps/reelbatch/planted_lab.cc', '#include "apps/reelbatch-lab/lab_program.h"\n', 1, 'reelbatch-lab alone'),
    ('src/reel/planted.cc', '#include "engine/catalog.h"\n', 1, 'no arrow reel -> engine'),
    ('apps/reelbatch/planted_name.cc', '#include "components/transnetv2/window.h"\n', 1, 'knows a component by its name'),
    ('src/components/planted_name.h', '#pragma once\ninline const char* kUses = "core_optical_flow";\n', 2,
     'knows a component by its name'),
    ('src/store/planted_name.cc', 'const char* F() {\n  return "of transnetv2 alone";\n}\n', 2, 'knows a component by its name'),
    ('src/engine/planted_public.cc', '#include "reelbatch/result.h"\n', 1, 'for src/engine/public_* and host_* only'),
    ('apps/reelbatch/planted_public.cc', '#include <reelbatch/session.h>\n', 1, 'for src/engine/public_* and host_* only'),
    ('include/reelbatch/planted.h', '#pragma once\n#include "base/result.h"\n', 2, 'each other and the standard library'),
    ('include/reelbatch/planted_json.h', '#include <nlohmann/json.hpp>\n', 1, 'each other and the standard library'),
    ('include/reelbatch/planted_time.h', 'inline auto F() {\n  return std::chrono::steady_clock::now();\n}\n', 2,
     'base/clock.h only'),
    ('src/common/planted.h', '#pragma once\n', 1, 'this name says nothing'),
    ('src/util/planted.h', '#pragma once\n', 1, 'this name says nothing'),
    ('src/helpers/planted.h', '#pragma once\n', 1, 'no room of the architecture'),
    ('src/planted.cc', 'int x;\n', 1, 'outside every room'),
]

INNOCENT = '''#include "base/result.h"
// std::cout, getenv("X"), dlopen(), #include <thread> and system_clock::now() in a comment are only words.
/* printf("x"); exit(1); */
const char* kText = "std::cout << getenv(1); exit(2); #include <sqlite3.h>";
const char* kRaw = R"(printf("%d"); std::thread t;)";
int Time(int lifetime) { return lifetime * 1'000'000; }
template <class Run> void Use(Run run) { run.exit(1); run.time(0); }
'''


def check(root):
    done = subprocess.run([sys.executable, str(CHECK), str(root)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


class PlantedViolations(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix='reelbatch_arrows_'))
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ('src', 'apps', 'include'):
            shutil.copytree(ROOT / folder, self.root / folder)

    def plant(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_the_tree_itself_is_clean(self):
        code, out = check(self.root)
        self.assertEqual((code, out), (0, ''))

    def test_every_planted_violation_is_named_with_its_line(self):
        for name, text, line, words in PLANTED:
            self.plant(name, text)
        code, out = check(self.root)
        self.assertEqual(code, 1)
        for name, _, line, words in PLANTED:
            where = f'src/{name.split("/")[1]}:1: ' if 'room' in words or 'says nothing' in words else f'{name}:{line}: '
            if words == 'outside every room':
                where = f'{name}:{line}: '
            hits = [text for text in out.splitlines() if text.startswith(where) and words in text]
            self.assertTrue(hits, f'{where}... {words} not in:\n{out}')

    def test_each_one_alone_fails(self):
        # Among few files: what the whole tree says of it is seen above.
        for folder in ('src', 'apps', 'include'):
            shutil.rmtree(self.root / folder)
        (self.root / 'src').mkdir()
        for component in (ROOT / 'src/components').iterdir():
            if component.is_dir():
                (self.root / 'src/components' / component.name).mkdir(parents=True)
        self.plant('src/base/result.h', '#pragma once\n')
        self.plant('src/store/identity.h', '#pragma once\n')
        self.assertEqual(check(self.root), (0, ''))
        for name, text, _, words in PLANTED:
            with self.subTest(name):
                self.plant(name, text)
                code, out = check(self.root)
                self.assertEqual(code, 1)
                self.assertIn(words, out)
                (self.root / name).unlink()
                if not any((self.root / name).parent.iterdir()):
                    (self.root / name).parent.rmdir()
                self.assertEqual(check(self.root), (0, ''))

    def test_words_in_comments_strings_and_members_are_innocent(self):
        self.plant('src/planning/innocent.cc', INNOCENT)
        self.assertEqual(check(self.root), (0, ''))

    def test_a_library_link_without_an_arrow(self):
        path = self.root / 'src/CMakeLists.txt'
        path.write_text(path.read_text() + 'reelbatch_room(store DEPS runtime LIBS a::b)\n')
        code, out = check(self.root)
        self.assertEqual(code, 1)
        self.assertIn(f'src/CMakeLists.txt:{path.read_text().count(chr(10))}: store links runtime', out)

    def test_no_source_tree(self):
        done = subprocess.run([sys.executable, str(CHECK), str(self.root / 'apps')], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn('no src folder', done.stderr)


if __name__ == '__main__':
    unittest.main()
