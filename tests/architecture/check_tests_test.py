"""check_tests.py is right only if it fails: one planted test of every kind that cannot fail."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name('check_tests.py')
GOOD = {'src/a/a_test.cc': 'TEST(A, Is) {\n  const char* text = R"({ "a": [)";\n  EXPECT_EQ(A(text), 1);\n}\n\nTEST(A, IsNot) { ExpectError(B()); }\n',
        'tests/a.py': 'class A:\n    def test_it(self):\n        for a, b in zip(x, y, strict=True):\n            self.assertEqual(a, b)\n'}
PLANTED = [
    ('src/a/a_test.cc', 'int a;\nTEST(A, Runs) {\n  if (a) { B(); }\n}\n\nTEST(A, Is) { EXPECT_EQ(1, A()); }\n', 2, 'A, Runs: asserts nothing'),
    ('src/a/a_test.cc', 'TEST(A, Is) {\n  EXPECT_TRUE(true);\n}\n', 2, 'always holds'),
    ('apps/a_test.cc', 'TEST(A, Is) {\n  EXPECT_GE(time.wall.count(), 0);\n}\n', 2, 'a count is never negative'),
    ('src/a/a_test.cc', 'TEST(A, Is) {\n  EXPECT_THAT(text, HasSubstr(""));\n}\n', 2, 'every text has that'),
    ('tests/a.py', 'class A:\n    def test_it(self):\n        print(1)\n', 2, 'A.test_it: asserts nothing'),
    ('tests/a.py', 'class A:\n    def test_it(self):\n        self.assertIn(a, b or True)\n', 3, 'always holds'),
    ('tests/a.py', 'for a, b in zip(x, y):\n    assert a == b\n', 1, 'stops at the shorter list'),
    ('tests/a.py', 'class A:\n    def test_it(self):\n        self.assertRegex(a, ".*")\n', 3, 'every text matches that'),
]


class Planted(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory(prefix='reelbatch_tests_') as scratch:
            for name, text in {**GOOD, **files}.items():
                path = pathlib.Path(scratch, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, str(CHECK), scratch], capture_output=True, text=True, timeout=60, check=False)
            return done.returncode, done.stdout + done.stderr

    def test_good_tests_pass(self):
        self.assertEqual(self.check({}), (0, ''))

    def test_each_kind_is_named_with_its_line(self):
        for name, text, line, words in PLANTED:
            with self.subTest(words):
                code, out = self.check({name: text})
                self.assertEqual(code, 1)
                self.assertRegex(out, rf'(?m)^{name}:{line}: .*{words}')
                self.assertEqual(len(out.splitlines()), 1, out)


if __name__ == '__main__':
    unittest.main()
