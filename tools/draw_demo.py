#!/usr/bin/env python3
"""Draws what a run found in the demo reel: how docs/demo.svg is made.

usage: draw_demo.py [--program build/release/reelbatch] [--out docs/demo.svg]

Makes the demo reel, runs the program over it, and draws the score of every frame pair, the
transitions that were found, the traps, and the shots. Python 3 standard library only.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

from draw_signals import read_array

WIDTH, HEIGHT, LEFT, TOP = 860, 120, 70, 58
TOP_OF_SCALE = 2.0
COLOURS = {"hard": "#c0392b"}
NAMES = {"flash": "flash", "whip": "whip pan"}
GRADUAL, TRAP, SHOTS = "#1e8449", "#7f8c8d", ("#d6e4f0", "#b4cde2")


def text(x, y, words, kind, colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" fill="{colour}">{words}</text>'


def draw(document, truth, score):
    frames = document["timeline"]["frames"]
    fps = frames / document["shots"][-1]["end_s"]
    x_of = lambda frame: LEFT + WIDTH * frame / frames
    base = TOP + HEIGHT
    out = [text(LEFT, 18, f"demo_reel.mp4: {frames} frames, {len(document['events'])} transitions found, "
                f"{len(document['shots'])} shots", "title")]
    for trap in truth["hard_negatives"]:
        a, b = x_of(trap["start"]), x_of(trap["end"] + 1)
        out.append(f'<rect x="{a:.1f}" y="{TOP}" width="{max(3, b - a):.1f}" height="{HEIGHT}" fill="{TRAP}" opacity=".3"/>')
        out.append(text((a + b) / 2, base - HEIGHT * .62, f"{NAMES[trap['kind']]}: not a cut", "event", TRAP))
    last_label = 0
    for event in document["events"]:
        colour = COLOURS.get(event["type"], GRADUAL)
        if event["type"] == "hard":
            x = x_of(event["frame"])
            out.append(f'<path d="M{x:.1f},{TOP}v{HEIGHT}" stroke="{colour}" stroke-width="4" opacity=".35"/>')
            close = x - last_label < 44  # the label beside it would be covered
            out.append(text(x, TOP - (20 if close else 6), f"cut {event['frame']}", "event", colour))
            last_label = x
        else:
            a, b = x_of(event["start_frame"]), x_of(event["end_frame"])
            out.append(f'<rect x="{a:.1f}" y="{TOP}" width="{b - a:.1f}" height="{HEIGHT}" fill="{colour}" opacity=".25"/>')
            name = event["type"].split("_")[0]
            out.append(text((a + b) / 2, TOP - 20, f"{name} {event['start_frame']}-{event['end_frame']}", "event", colour))
    points = "L".join(f"{x_of(i + .5):.1f},{base - HEIGHT * min(value, TOP_OF_SCALE) / TOP_OF_SCALE:.1f}"
                      for i, value in enumerate(score))
    out.append(f'<path d="M{points}" class="signal"/>')
    threshold = base - HEIGHT / TOP_OF_SCALE
    out.append(f'<path d="M{LEFT},{threshold}h{WIDTH}" class="threshold"/><path d="M{LEFT},{base}h{WIDTH}" class="axis"/>')
    out += [text(LEFT - 8, threshold + 4, "threshold", "label", "#c0392b"), text(LEFT - 8, TOP + 10, "score of", "label"),
            text(LEFT - 8, TOP + 22, "frame pairs", "label")]
    for i, shot in enumerate(document["shots"]):
        a, b = x_of(shot["start_frame"]), x_of(shot["end_frame"])
        out.append(f'<rect x="{a:.1f}" y="{base + 12}" width="{b - a:.1f}" height="22" fill="{SHOTS[i % 2]}"/>')
        if b - a > 14:
            out.append(text((a + b) / 2, base + 27, str(i + 1), "event"))
    out.append(text(LEFT - 8, base + 27, "shots", "label"))
    for second in range(0, int(frames / fps) + 1, 4):
        out.append(text(x_of(second * fps), base + 50, f"{second} s", "event", "#888"))
    return out, LEFT + WIDTH + 20, base + 60


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/reelbatch"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/demo.svg"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        program = options.program.resolve()
        subprocess.run([program, "demo", "--out", folder, "--quiet"], check=True)
        subprocess.run([program, "run", folder / "demo_reel.mp4", "--out", folder / "out", "--quiet"], check=True)
        found = next((folder / "out").rglob("cuts.json"))
        body, width, height = draw(json.loads(found.read_text()), json.loads((folder / "demo_reel.json").read_text()),
                                   read_array(found.with_name("cut_detection.npz"), "hard_score"))
    style = ("text{font:11px sans-serif}.title{font-weight:bold;font-size:13px}.event{text-anchor:middle;font-size:10px}"
             ".label{text-anchor:end;font-size:10px}.axis{stroke:#bbb}.threshold{stroke:#c0392b;stroke-dasharray:4 3}"
             ".signal{fill:none;stroke:#34495e;stroke-width:1.2}")
    options.out.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
                           f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")


if __name__ == "__main__":
    main()
