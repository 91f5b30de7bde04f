#!/usr/bin/env python3
"""Checks the include graph of src/, apps/ and include/ against the arrows of the architecture, and the "only here" rules.

usage: check_arrows.py [ROOT]     prints PATH:LINE: what is wrong; exit 1 when anything is
Python standard library only.
"""
import functools
import pathlib
import re
import sys

# Beyond base and contracts, which every room may include. base itself includes nothing of ours.
ARROWS = {
    'base': set(),
    'contracts': set(),
    'image': set(),
    'vision': {'image'},
    'media': {'image'},
    'reel': {'media', 'image'},
    'components': {'vision', 'image'},
    'costs': set(),
    'inference': set(),
    'planning': {'costs'},
    'runtime': {'planning', 'costs', 'components', 'inference', 'media', 'image'},
    'store': set(),
    'measure': {'components', 'inference', 'media', 'image', 'costs'},
    'eval': set(),
    'engine': {'runtime', 'measure', 'store', 'eval', 'planning', 'costs', 'components', 'inference', 'media', 'image', 'vision'},
    'service': {'engine'},
}
# The headers that other programs include: they know nothing of src/, and of src/ only these files, which speak with a host, know them.
PUBLIC = 'include/reelbatch'
KNOWS_PUBLIC = re.compile(r'^src/engine/(public|host)_\w+\.(cc|h)$')
NO_SUCH_ROOM = {'common', 'util', 'utils', 'core', 'misc'}
THREAD_ROOMS = {'runtime', 'engine', 'service', 'measure'}
# Beside these, a program that runs batches side by side.
THREAD_FOLDER = 'apps/reelbatch-worker/'

# Who may know a component by its name: components' own folders, the list of them (by its includes), the command that is about
# one of them, the names of the seed's tables, the frozen translation of 0.1.0's manifests, tests and what they share.
KNOWS_COMPONENTS = re.compile(r'^src/components/\w+/|^src/components/all_components\.cc$|^apps/reelbatch/cuts/'
                              r'|^src/costs/origin_names\.h$|^src/store/manifest_v1\.cc$|_test\.cc$|/test_\w+\.h$')
# A command as people type it is no knowledge of the program.
EXAMPLE = re.compile(r'^\s*"  reelbatch [^"]*$')

# (what, pattern over an include's target, who may). Who: (room, path, is_test) -> bool.
INCLUDE_RULES = [
    ('FFmpeg is for media only', re.compile(r'lib(av|sw)[a-z]+/'), lambda room, path, test: room == 'media'),
    ('threads are for runtime, engine, service and measure only; a mutex is base/mutex.h',
     re.compile(r'(thread|future|condition_variable|mutex|shared_mutex|stop_token|semaphore|latch|barrier|pthread\.h)$'),
     lambda room, path, test: room in THREAD_ROOMS or path == 'src/base/mutex.h' or path.startswith(THREAD_FOLDER) or test),
    ('OpenVINO and gRPC are for inference only', re.compile(r'(openvino|grpc|grpcpp|inference_engine)(/|\.h)'),
     lambda room, path, test: room == 'inference'),
    ('what only developers need is for reelbatch-lab alone', re.compile(r'apps/reelbatch-lab/'),
     lambda room, path, test: path.startswith('apps/reelbatch-lab/')),
    ('SQLite is for store only', re.compile(r'sqlite3?(ext)?\.h$'), lambda room, path, test: room == 'store'),
]

# The same over code, with comments and strings blanked out.
CODE_RULES = [
    ('threads are for runtime, engine, service and measure only',
     re.compile(r'\bstd::(jthread|thread|async|future|promise|packaged_task|condition_variable(_any)?)\b|\bpthread_create\b'),
     lambda room, path, test: room in THREAD_ROOMS or path == 'src/base/mutex.h' or path.startswith(THREAD_FOLDER) or test),
    ('time comes through base/clock.h only',
     re.compile(r'\b(system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock)\s*::\s*now\b'
                r'|\b(clock_gettime|gettimeofday|timespec_get)\s*\('
                r'|(?<![\w.>])(std::|::)?time\s*\(\s*(nullptr|NULL|0|&)|\bstd::clock\s*\('),
     lambda room, path, test: path in ('src/base/clock.h', 'src/base/clock.cc')),
    ('the environment is read in apps only', re.compile(r'\b(secure_getenv|getenv|setenv|putenv|environ)\b'),
     # Processes that we start inherit it unread.
     lambda room, path, test: room == 'apps' or test or path == 'src/base/process.cc'),
    ('stdout and stderr are for apps only',
     re.compile(r'\bstd::(cout|cerr|clog|print|println)\b|\b(stdout|stderr)\b|(?<![\w:.>])(std::)?(printf|puts|putchar|perror)\s*\('
                r'|\bfmt::print(ln)?\s*\(|\bSTD(OUT|ERR)_FILENO\b'),
     lambda room, path, test: room == 'apps'),
    ('only apps may end the process', re.compile(r'(?<![\w.>])(std::|::)?(exit|_exit|_Exit|quick_exit|abort|terminate)\s*\('),
     lambda room, path, test: room == 'apps'),
    ('FFmpeg\'s version is asked for in src/media/ffmpeg_versions.h only', re.compile(r'\bLIB(AV|SW)[A-Z]+_VERSION\w*'),
     lambda room, path, test: path == 'src/media/ffmpeg_versions.h'),
    ('libraries are loaded in inference and measure only', re.compile(r'\bdlm?open\b'),
     lambda room, path, test: room in ('inference', 'measure')),
]

TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
CMAKE_ROOM = re.compile(r'^[ \t]*reelbatch_room\((\w+)([^)]*)\)', re.M)


def without_comments(text, keep_strings):
    """The same text with comments (and strings) blanked out; every line keeps its number."""
    def blank(match):
        token = match.group(0)
        if keep_strings and not token.startswith('/'):
            return token
        return re.sub(r'[^\n]', ' ', token)
    return TOKENS.sub(blank, text)


def line_of(text, position):
    return text.count('\n', 0, position) + 1


@functools.cache
def component_names(root):
    """Finds the name of any component, which is a folder of src/components."""
    folder = root / 'src/components'
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return re.compile(r'\b(' + '|'.join(names) + r')\b' if names else r'(?!)')


def check_file(root, path, room):
    """Yields (line, message)."""
    text = path.read_text(encoding='utf-8')
    name = path.relative_to(root).as_posix()
    is_test = path.stem.endswith('_test')
    with_strings = without_comments(text, keep_strings=True)
    for include in INCLUDE.finditer(with_strings):
        line = line_of(with_strings, include.start(1))
        quoted, target = include.group(1) == '"', include.group(2)
        for what, pattern, allowed in INCLUDE_RULES:
            if pattern.match(target) and not allowed(room, name, is_test):
                yield line, f'includes <{target}>: {what}'
        first = target.split('/')[0]
        if first == 'reelbatch' and room != 'public' and not KNOWS_PUBLIC.search(name):
            yield line, f'includes {target}: the public headers are for src/engine/public_* and host_* only'
        elif room == 'public' and first != 'reelbatch' and (quoted or '/' in target or target.endswith('.h')):
            yield line, f'includes {target}: public headers include each other and the standard library, nothing else'
        elif quoted and first == 'apps' and room != 'apps':
            yield line, f'{room} includes {target}: nothing includes apps'
        elif quoted and room not in ('apps', 'public') and first in ARROWS:
            free = set() if room == 'base' else {'base'} if room == 'contracts' else {'base', 'contracts'}
            if first != room and first not in free | ARROWS[room]:
                yield line, f'{room} includes {target}: there is no arrow {room} -> {first}'
        elif quoted and first not in ARROWS and first != 'reelbatch' and (path.parent / target).exists():
            yield line, f'includes "{target}": our headers are included by their path from src/'
    if not KNOWS_COMPONENTS.search(name):
        names = component_names(root)
        for hit in names.finditer(with_strings) if names.search(text) else ():
            before = with_strings[:hit.start()].rsplit('\n', 1)[-1]
            if before.count('"') % 2 == 1 and not EXAMPLE.match(before):
                yield (line_of(with_strings, hit.start()),
                       f'"{hit.group(0)}": nobody but its own folder knows a component by its name')
    code = without_comments(text, keep_strings=False)
    for what, pattern, allowed in CODE_RULES:
        if not allowed(room, name, is_test):
            for hit in pattern.finditer(code):
                yield line_of(code, hit.start()), f'{hit.group(0).strip()}: {what}'


def check_cmake(root):
    """The libraries' DEPS must be arrows too: a PUBLIC link would let an include through."""
    path = root / 'src/CMakeLists.txt'
    if not path.is_file():
        return
    text = re.sub(r'#[^\n]*', lambda m: ' ' * len(m.group(0)), path.read_text(encoding='utf-8'))
    for match in CMAKE_ROOM.finditer(text):
        room, rest = match.group(1), match.group(2).split()
        line = line_of(text, match.start(1))
        if room not in ARROWS:
            yield line, f'{room} is no room of the architecture'
            continue
        deps = rest[rest.index('DEPS') + 1:] if 'DEPS' in rest else []
        for keyword in ('LIBS', 'EXCLUDE', 'ALONE'):
            deps = deps[:deps.index(keyword)] if keyword in deps else deps
        for dep in deps:
            if dep not in ARROWS[room] | {'base', 'contracts'} - {room}:
                yield line, f'{room} links {dep}: there is no arrow {room} -> {dep}'


def check(root):
    """A sorted list of (path, line, message)."""
    found = [('src/CMakeLists.txt', line, message) for line, message in check_cmake(root)]
    src = root / 'src'
    for folder in sorted(p for p in src.iterdir() if p.is_dir()):
        if folder.name in NO_SUCH_ROOM:
            found.append((f'src/{folder.name}', 1, 'a room is named after a stage of the work; this name says nothing'))
        elif folder.name not in ARROWS:
            found.append((f'src/{folder.name}', 1, 'is no room of the architecture (arrow table)'))
    folders = [src, root / 'apps', root / PUBLIC]
    for path in sorted(path for folder in folders for ending in ('*.h', '*.cc') for path in folder.rglob(ending)):
        parts = path.relative_to(root).parts
        name = '/'.join(parts)
        if parts[0] == 'src' and len(parts) == 2:
            found.append((name, 1, 'lies outside every room'))
            continue
        room = {'apps': 'apps', 'include': 'public'}.get(parts[0], parts[1])
        if room in ('apps', 'public') or room in ARROWS:
            found += [(name, line, message) for line, message in check_file(root, path, room)]
    return sorted(found)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    if not (root / 'src').is_dir():
        print(f'check_arrows.py: {root} has no src folder; give the root of the source tree', file=sys.stderr)
        return 2
    found = check(root)
    for path, line, message in found:
        print(f'{path}:{line}: {message}')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
