#!/usr/bin/env python3
"""Draw the modules of a source tree and who includes whom, as an SVG.

    tools/draw_modules.py [TREE] --out modules.svg [--title TEXT]

A module is a folder of src/, a program of apps/, or include/reelbatch. Its box says how many lines
of code it has, without tests. A module stands above every module that it includes; includes of base and
contracts, which all may include, are left out. The picture is made of the #include lines alone, so
it shows the real dependencies, not the allowed ones.
"""

import argparse
import pathlib
import re
import sys

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN = 148, 46, 26, 58, 24
GROUND = ("base", "contracts")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def module_of(path: str) -> str:
    """'media/probe.h' -> 'media'; 'apps/reelbatch/x.h' -> 'apps/reelbatch'."""
    parts = path.split("/")
    if parts[0] == "apps":
        return "/".join(parts[:2])
    return "include/reelbatch" if parts[0] == "reelbatch" else parts[0]


def sources(tree: pathlib.Path):
    for top, strip in (("src", "src/"), ("apps", ""), ("include", "include/")):
        for path in sorted((tree / top).rglob("*")):
            if path.suffix not in (".h", ".cc") or path.stem.endswith("_test"):
                continue
            name = path.relative_to(tree).as_posix().removeprefix(strip)
            if "/" in name:
                yield module_of(name), path.read_text(encoding="utf-8", errors="replace")


def measure(tree: pathlib.Path):
    lines, arrows = {}, {}
    for module, text in sources(tree):
        lines[module] = lines.get(module, 0) + text.count("\n")
        arrows.setdefault(module, set()).update(module_of(name) for name in INCLUDE.findall(text))
    for module in lines:
        arrows[module] = {to for to in arrows[module] if to in lines and to not in (module, *GROUND)}
    return lines, arrows


def floors(lines, arrows):
    """The floor of every module: one above the highest that it includes."""
    floor = {}

    def of(module, above=()):
        if module in above:
            sys.exit(f"{module} includes itself by way of {' -> '.join(above)}")
        if module not in floor:
            floor[module] = 1 + max((of(to, (*above, module)) for to in arrows[module]), default=0)
        return floor[module]

    for module in lines:
        floor[module] = 0 if module in GROUND else of(module)
    return floor


def draw(lines, arrows, title):
    floor = floors(lines, arrows)
    rows = {}
    for module in sorted(lines, key=lambda name: (floor[name], name)):
        rows.setdefault(floor[module], []).append(module)
    widest = max(len(row) for row in rows.values())
    width = 2 * MARGIN + widest * (BOX_WIDTH + GAP_X)
    height = 2 * MARGIN + 30 + (max(rows) + 1) * (BOX_HEIGHT + GAP_Y)
    place = {}
    for level, row in rows.items():
        left = (width - len(row) * (BOX_WIDTH + GAP_X) + GAP_X) / 2
        for k, module in enumerate(row):
            place[module] = (left + k * (BOX_WIDTH + GAP_X),
                           height - MARGIN - (level + 1) * (BOX_HEIGHT + GAP_Y) + GAP_Y)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
           'font-family="sans-serif">',
           '<defs><marker id="a" markerWidth="7" markerHeight="7" refX="6" refY="3" orient="auto">'
           '<path d="M0 0L6 3L0 6" fill="none" stroke="#607080"/></marker></defs>',
           '<rect width="100%" height="100%" fill="#fff"/>',
           f'<text x="{MARGIN}" y="{MARGIN + 8}" font-size="17">{title}</text>']
    for module, targets in sorted(arrows.items()):
        for to in sorted(targets):
            (x1, y1), (x2, y2) = place[module], place[to]
            out.append(f'<path d="M{x1 + BOX_WIDTH / 2:.0f} {y1 + BOX_HEIGHT:.0f}'
                       f'L{x2 + BOX_WIDTH / 2:.0f} {y2 - 2:.0f}" stroke="#607080" '
                       'stroke-opacity=".55" fill="none" marker-end="url(#a)"/>')
    for module, (x, y) in sorted(place.items()):
        fill = {"apps": "#e6eefc", "include": "#fdeecf"}.get(module.split("/")[0], "#eef5ea")
        out += [f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
                f'fill="{fill}" stroke="#405060"/>',
                f'<text x="{x + BOX_WIDTH / 2:.0f}" y="{y + 20:.0f}" font-size="14" '
                f'text-anchor="middle">{module}</text>',
                f'<text x="{x + BOX_WIDTH / 2:.0f}" y="{y + 37:.0f}" font-size="11" fill="#506070" '
                f'text-anchor="middle">{lines[module]:,} lines</text>']
    return "\n".join([*out, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", nargs="?", default=".", type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--title", default="Modules of reelbatch")
    given = parser.parse_args()
    lines, arrows = measure(given.tree)
    if not lines:
        sys.exit(f"{given.tree} has no sources below src/ and apps/")
    given.out.write_text(draw(lines, arrows, given.title), encoding="utf-8")


if __name__ == "__main__":
    main()
