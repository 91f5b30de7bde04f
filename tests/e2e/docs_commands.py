"""Commands in the pages for users: finds them, says which are not run and why, and compares what they print.

In a Markdown page
  ```sh       every line is a command. It must exit with 0, or with N where `# exit N` stands behind it.
  ```console  lines that begin with "$ " are commands; what follows is their output. `...` alone on a line stands for any lines.
A block that cannot be run has `<!-- not run: why -->` before it. Single commands that no test can run are in NOT_RUN below.
"""
import dataclasses
import re

# What stands in the way of running a command here, whatever page it is on. A page need not say it again.
NOT_RUN = [
    (r'(sudo |apt-get |apt )', 'it changes the machine'),
    (r'git clone\b', 'it needs a network'),
    (r'cd reelbatch\b', 'it enters the source tree, which the build has entered'),
    (r'make (test|check|soak|asan|tsan|scalar|tidy|tidy-all|fuzz|bench|build|install|portability)\b', 'it builds; CI runs it'),
    (r'(cmake|ctest|g\+\+|\./detect|pkg-config)(\s|$)', 'tests/consumer builds programs'),
    (r'(make models|tools/(fetch-models|fetch-triton|serve-models)|reelbatch models fetch)\b', 'it needs a network'),
    (r'reelbatch bench peers\b', 'it compares with programs that are not here'),
    (r'.*--triton-url\b', 'it needs a server; tests/e2e/test_served.py starts one'),
    (r'.*/home/me/', 'its path is an example'),
]


@dataclasses.dataclass
class Command:
    line: int            # of the page, from 1
    text: str            # without its comment
    expected: list       # lines of output; None where nothing is said of it
    exit: int = 0
    not_run: str = ''    # why


def without_comment(line):
    """The command, and the exit code that its comment asks for."""
    match = re.search(r'(^|\s)#\s.*$', line)
    comment = match.group(0) if match else ''
    code = re.search(r'# exit (\d+)', comment)
    return line[:match.start()].rstrip() if match else line.rstrip(), int(code.group(1)) if code else 0


def reason_against(command):
    for pattern, why in NOT_RUN:
        if re.match(pattern, command):
            return why
    return ''


def commands(page):
    """Every Command of a page. Raises ValueError with the line for a comment without a reason and a block without an end."""
    found, lines, reason, k = [], page.split('\n'), '', 0
    while k < len(lines):
        line = lines[k]
        note = re.match(r'\s*<!--\s*not run:?\s*(.*?)\s*-->\s*$', line)
        fence = re.match(r'(\s*)```(\w*)\s*$', line)
        if note:
            reason = note.group(1)
            if not reason:
                raise ValueError(f'{k + 1}: "not run" without a reason')
        elif fence:
            indent, kind, begin = len(fence.group(1)), fence.group(2), k
            block = []
            k += 1
            while k < len(lines) and lines[k].strip() != '```':
                block.append((k + 1, lines[k][indent:]))
                k += 1
            if k == len(lines):
                raise ValueError(f'{begin + 1}: this block has no end')
            found += of_block(kind, block, reason)
            reason = ''
        elif line.strip():
            reason = ''
        k += 1
    return found


def of_block(kind, block, reason):
    found, pending = [], ''
    for number, line in block:
        if kind == 'console':
            if not line.startswith('$ '):
                if not found:
                    raise ValueError(f'{number}: a console block begins with "$ " and a command')
                found[-1].expected.append(line)
                continue
            line = line[2:]
        elif kind != 'sh':
            continue
        if line.endswith('\\'):
            pending += line[:-1] + ' '
            continue
        text, code = without_comment(pending + line)
        pending = ''
        if text:
            found.append(Command(number, text.strip(), [] if kind == 'console' else None, code, reason or reason_against(text.strip())))
    return found


NUMBER = r'\d[\d,]*(?:\.\d+)?'
VARIES = [
    (r'\br-[0-9a-f]{12}\b', 'RUN'), (r'\bsha256:[0-9a-f]+\b', 'DIGEST'), (r'\b[0-9a-f]{12,64}\b', 'DIGEST'),
    (r'\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?', 'DATE'), (r'\b\d+:\d\d(?::\d\d)?\b', 'CLOCK'),
    (rf'{NUMBER} ?(?:ns|us|µs|ms|s|min|h|%|[KMG]i?B|frames/s|fps|x)(?![\w/])', 'QUANTITY'),
    (r'(?:/[\w.+-]+){2,}', 'PATH'), (r'\d+\.\d+\.\d+(?:[-+.\w]*)?', 'VERSION'), (r'-{3,}', '---'), (r'[ \t]+', ' '),
]


def normalised(line):
    """The line without what differs between machines and runs: times, sizes, digests, dates, paths, versions, column widths."""
    for pattern, name in VARIES:
        line = re.sub(pattern, name, line)
    return line.strip()


def difference(expected, printed):
    """None where what is printed is what is expected, else one line that says where they part."""
    expected = [normalised(line) for line in expected if line.strip()]
    printed = [normalised(line) for line in printed if line.strip()]
    at = 0
    for k, line in enumerate(expected):
        if line == '...':
            rest = expected[k + 1:]
            if not rest:
                return None
            while at < len(printed) and printed[at] != rest[0]:
                at += 1
            continue
        if at >= len(printed) or printed[at] != line:
            return f'expected "{line}", printed "{printed[at] if at < len(printed) else "nothing more"}"'
        at += 1
    return f'printed more: "{printed[at]}"' if at < len(printed) else None
