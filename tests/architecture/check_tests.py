#!/usr/bin/env python3
"""Finds tests that cannot fail, as far as their text shows it.

usage: check_tests.py [ROOT]     prints PATH:LINE: what is wrong; exit 1 when anything is

C++      a TEST without EXPECT, ASSERT, or a function whose name says that it checks; EXPECT_TRUE(true); a duration, a size or a
         count that is at least 0
Python   a test method without an assertion, or a method whose name says that it checks; `or True`; zip() without strict=, which
         stops at the shorter list
Python standard library only.
"""
import ast
import pathlib
import re
import sys

# Names of functions that hold the assertions of several tests.
CHECKS = r'(?:Expect|Check|Assert|Refuses|Play|Listen)\w*'
ASSERTION = re.compile(rf'\b(?:EXPECT|ASSERT)_\w+|\bFAIL\(\)|\bADD_FAILURE\b|\b{CHECKS}(?:<[^;()]*>)?\(')
TEST = re.compile(r'^TEST(?:_F|_P)?\(([^)]*)\)\s*\{', re.M)
STRING = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|//[^\n]*', re.S)
VACUOUS = [
    (re.compile(r'\bEXPECT_TRUE\(true\)|\bEXPECT_FALSE\(false\)'), 'always holds'),
    (re.compile(r'\b(?:EXPECT|ASSERT)_GE\([^;]*(?:count|size|length)\(\), *0U?\)'), 'a count is never negative'),
    (re.compile(r'\b(?:EXPECT|ASSERT)_GE\([^;]*[^-], *0U\)'), 'an unsigned number is never negative'),
    (re.compile(r'\bHasSubstr\(""\)|\b(?:Matches|Contains)Regex\("(?:\.\*)?"\)'), 'every text has that'),
]
VACUOUS_PYTHON = [
    (re.compile(r'\bassertTrue\(True\b|\bassert True\b'), 'always holds'),
    (re.compile(r'\bor True\b'), 'always holds'),
    (re.compile(r'\bassertGreaterEqual\(len\([^;]*\), 0\)'), 'a length is never negative'),
    (re.compile(r"\bassertRegex\([^,]*, *r?['\"](?:\.\*)?['\"]\)"), 'every text matches that'),
]
PYTHON_CHECKS = re.compile(r'\.(assert\w*|fail|skipTest|check\w*|expect\w*|refused|blamed|play|hear|answers|run_reelbatch|near|configure)\('
                           r'|\bassert |\braise |\b(succeed|compile_here)\(')


def body_of(text, begin):
    """The text from `begin` to the brace that ends what is open there."""
    depth, at = 1, begin
    for brace in re.finditer(r'[{}]', STRING.sub(lambda m: ' ' * len(m.group(0)), text[begin:])):
        depth += 1 if brace.group(0) == '{' else -1
        at = begin + brace.end()
        if depth == 0:
            break
    return text[begin:at]


def check_cpp(text):
    for test in TEST.finditer(text):
        if not ASSERTION.search(body_of(text, test.end())):
            yield text.count('\n', 0, test.start()) + 1, f'{" ".join(test.group(1).split())}: asserts nothing'
    for pattern, why in VACUOUS:
        for hit in pattern.finditer(text):
            yield text.count('\n', 0, hit.start()) + 1, f'{" ".join(hit.group(0).split())}: {why}'


def check_python(text):
    tree = ast.parse(text)
    for case in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for method in case.body:
            if isinstance(method, ast.FunctionDef) and method.name.startswith('test') and not PYTHON_CHECKS.search(ast.unparse(method)):
                yield method.lineno, f'{case.name}.{method.name}: asserts nothing'
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For)):
        call = loop.iter
        plain = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == 'zip'
        if plain and not any(keyword.arg == 'strict' for keyword in call.keywords):
            if re.search(r'\.assert|\bassert ', ast.unparse(ast.Module(loop.body, []))):
                yield loop.lineno, f'{ast.unparse(call)}: stops at the shorter list without strict=True'
    for pattern, why in VACUOUS_PYTHON:
        for hit in pattern.finditer(text):
            yield text.count('\n', 0, hit.start()) + 1, f'{hit.group(0)}: {why}'


def check(root):
    found = []
    for folder in ('src', 'apps', 'tests'):
        for path in sorted((root / folder).rglob('*')):
            name = path.relative_to(root).as_posix()
            if name.endswith('_test.cc'):
                found += [(name, *rest) for rest in check_cpp(path.read_text(encoding='utf-8'))]
            elif path.suffix == '.py' and folder == 'tests' and 'check_tests' not in path.stem:
                found += [(name, *rest) for rest in check_python(path.read_text(encoding='utf-8'))]
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    found = check(root)
    for name, line, message in found:
        print(f'{name}:{line}: {message}')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
