#!/usr/bin/env python3
"""Draws the signals of a run around a place: how docs/signals.svg is made.

usage: draw_signals.py [--program build/release/reelbatch] [--out docs/signals.svg]

Makes three clips with reelbatch-lab, which lies beside the program (a dissolve, a flash, a whip pan), runs it over them and draws, one
panel a clip, what it recorded for every pair of frames and which events it found. Python 3 standard library only.
"""
import argparse
import array
import ast
import json
import math
import pathlib
import subprocess
import tempfile
import zipfile

SHOTS = "size 320x180\nfps 25\n"
CLIPS = {
    "A dissolve of 24 frames": SHOTS + "shot hills frames=40 seed=3 pan=1,0\ndissolve frames=24\n"
                                       "shot tiles frames=40 seed=8 pan=0,1\n",
    "A flash of 2 frames": SHOTS + "shot noise frames=104 seed=5 pan=1,0\nflash at=52 frames=2\n",
    "A whip pan, then a hard cut": SHOTS + "shot noise frames=70 seed=3\nwhip at=28 frames=8 by=160,0\n"
                                           "shot plasma frames=34 seed=4 pan=1,0\n",
}
# Array of the NPZ, label, top of the scale, line that decides (None: it decides nothing by itself).
ROWS = [("hist_diff_l1", "histogram L1", 2.0, None), ("ssim_drop", "1 - SSIM", 1.0, None),
        ("flow_mag", "flow, px", 12.0, None), ("hard_score", "hard score", 2.0, 1.0),
        ("soft_hsv_v", "mean V", 1.0, None)]
WIDTH, HEIGHT, GAP, LEFT, TOP = 300, 56, 14, 84, 46
COLOURS = {"hard": "#c0392b", "whip_pan": "#2471a3"}


def read_array(npz, name):
    """One array of little-endian float32 out of an NPZ."""
    with zipfile.ZipFile(npz) as archive:
        data = archive.read(name + ".npy")
    length = int.from_bytes(data[8:10], "little")
    header = ast.literal_eval(data[10:10 + length].decode())
    assert header["descr"] == "<f4", header
    values = array.array("f")
    values.frombytes(data[10 + length:])
    return list(values)


def look_at(program, script, folder):
    folder.mkdir()
    (folder / "script.txt").write_text(script)
    clip = folder / "clip.mp4"
    subprocess.run([program.with_name("reelbatch-lab"), "reel", "--script", folder / "script.txt", "--out", clip, "--quiet"], check=True)
    subprocess.run([program, "run", clip, "--out", folder / "out", "--parts", "hard,soft,motion", "--quiet"], check=True)
    found = next((folder / "out").rglob("cuts.json"))
    return json.loads(found.read_text()), found.with_name("cut_detection.npz")


def path_of(values, top, x_of, base):
    """An SVG path; NaN breaks it."""
    parts, pen = [], "M"
    for i, value in enumerate(values):
        if math.isnan(value):
            pen = "M"
            continue
        parts.append(f"{pen}{x_of(i):.1f},{base - HEIGHT * min(value, top) / top:.1f}")
        pen = "L"
    return "".join(parts)


def panel(title, document, npz, left, labels):
    frames = document["timeline"]["frames"]
    x_of = lambda frame: left + WIDTH * frame / (frames - 1)
    bottom = TOP + len(ROWS) * (HEIGHT + GAP)
    out = [f'<text x="{left}" y="16" class="title">{title}</text>']
    for event in document["events"]:
        colour = COLOURS.get(event["type"], "#1e8449")
        a, b = x_of(event["start_frame"]), x_of(event["end_frame"])
        out.append(f'<rect x="{a:.1f}" y="{TOP - 8}" width="{max(2, b - a):.1f}" height="{bottom - TOP - GAP + 8}" '
                   f'fill="{colour}" opacity=".16"/>')
        name = f'{event["type"]} {event["start_frame"]}-{event["end_frame"]}'
        out.append(f'<text x="{(a + b) / 2:.1f}" y="{TOP - 14}" class="event" fill="{colour}">{name} '
                   f'({event["confidence"]:.2f})</text>')
    for row, (name, label, top, line) in enumerate(ROWS):
        base = TOP + row * (HEIGHT + GAP) + HEIGHT
        values = read_array(npz, name)
        offset = 0.5 if len(values) == frames - 1 else 0  # a pair stands between its frames
        out.append(f'<path d="M{left},{base}h{WIDTH}" class="axis"/>')
        if line is not None:
            y = base - HEIGHT * line / top
            out.append(f'<path d="M{left},{y:.1f}h{WIDTH}" class="line"/>')
        out.append(f'<path d="{path_of(values, top, lambda i: x_of(i + offset), base)}" class="signal"/>')
        if labels:
            out.append(f'<text x="{left - 8}" y="{base - HEIGHT / 2 + 4}" class="label">{label}</text>')
            out.append(f'<text x="{left - 8}" y="{base - HEIGHT + 9}" class="tick">{top:g}</text>')
    for frame in range(0, frames, 20):
        out.append(f'<text x="{x_of(frame):.1f}" y="{bottom + 2}" class="frame">{frame}</text>')
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/reelbatch"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/signals.svg"))
    options = parser.parse_args()
    body = []
    with tempfile.TemporaryDirectory() as scratch:
        for i, (title, script) in enumerate(CLIPS.items()):
            document, npz = look_at(options.program.resolve(), script, pathlib.Path(scratch) / str(i))
            body += panel(title, document, npz, LEFT + i * (WIDTH + 40), i == 0)
    width = LEFT + len(CLIPS) * (WIDTH + 40)
    height = TOP + len(ROWS) * (HEIGHT + GAP) + 14
    style = ("text{font:11px sans-serif;fill:#333}.title{font-weight:bold;font-size:13px}.event{text-anchor:middle;font-size:10px}"
             ".label,.tick{text-anchor:end}.tick{font-size:9px;fill:#999}.frame{text-anchor:middle;font-size:9px;fill:#999}"
             ".axis{stroke:#bbb}.line{stroke:#c0392b;stroke-dasharray:4 3}.signal{fill:none;stroke:#34495e;stroke-width:1.3}")
    options.out.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
                           f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")


if __name__ == "__main__":
    main()
