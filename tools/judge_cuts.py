#!/usr/bin/env python3
"""Judges the cuts of a built reelbatch on the clips that have human truth.

usage: judge_cuts.py [--program build/release/reelbatch] [--shared ../shared] [--decision adaptive seed] [--only REGEX]
                     [--keep FOLDER] [--tree NAME=OUT_FOLDER ...] [--verbose]

Runs `reelbatch cuts --json --decision D` on every clip with a truth file (or, with --tree, reads the cuts.json files of a
folder that `reelbatch run --out` wrote), turns the events into predictions and calls SHARED/tools/judge.py for the natural
clips, the composites and all. Python 3 standard library only. Exit code 1 if a clip gave no answer.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# judge.py knows these types; the others (motion and the like) are observations, not shot boundaries.
JUDGED = {"hard": "hard", "dissolve": "dissolve", "wipe": "wipe",
          "fade_in": "fade", "fade_out": "fade", "fade_through": "fade"}
NATURAL, COMPOSITE = "^(?!composite_)", "^composite_"


def prediction(document):
    events = []
    for event in document["events"]:
        if event["type"] not in JUDGED:
            continue
        events.append({"type": JUDGED[event["type"]], "start": event["start_frame"], "end": event["end_frame"],
                       "frame": event["frame"], "confidence": event.get("confidence", 1)})
    return {"n_frames": document["source"]["frames_decoded"], "events": events}


def run_cuts(program, clip, decision):
    done = subprocess.run([str(program), "cuts", str(clip), "--json", "--quiet", "--decision", decision],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip().splitlines()[-1:] or 'no output'}")
    document = json.loads(done.stdout)
    # One video gives its document, several a list of them.
    for key in ("videos", "results"):
        if isinstance(document, dict) and key in document:
            document = document[key]
    return document[0] if isinstance(document, list) else document


def read_tree(folder):
    """{clip's file name: document} of every cuts.json below a run's output."""
    return {d["video"]: d for d in (json.loads(p.read_text()) for p in sorted(folder.rglob("cuts.json")))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("build/release/reelbatch"))
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--decision", nargs="+", default=["adaptive", "seed"])
    parser.add_argument("--tree", nargs="+", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--only", default="", help="only clips whose name matches")
    parser.add_argument("--keep", type=pathlib.Path, help="folder to keep the predictions in")
    parser.add_argument("--verbose", action="store_true", help="what was missed and what was false, per clip")
    options = parser.parse_args()

    truth = options.shared / "data" / "truth"
    judge = options.shared / "tools" / "judge.py"
    for needed in (truth, judge):
        if not needed.exists():
            sys.exit(f"{needed}: not there; --shared names the folder that holds data/ and tools/")
    clips = {}
    for path in sorted(truth.glob("*.json")):
        if re.search(options.only, path.stem):
            clips[path.stem] = options.shared / "data" / "clips" / json.loads(path.read_text())["video"]
    sources = {}
    if options.tree:
        for item in options.tree:
            name, separator, folder = item.partition("=")
            if not separator or not pathlib.Path(folder).is_dir():
                sys.exit(f"--tree {item}: want NAME=FOLDER, and the folder must exist")
            documents = read_tree(pathlib.Path(folder))
            sources[name] = lambda clip, known=documents: known[clip.name]
    else:
        if not options.program.is_file():
            sys.exit(f"{options.program}: not there; build the preset `release`, or name the program with --program")
        for decision in options.decision:
            sources[decision] = lambda clip, rule=decision: run_cuts(options.program, clip, rule)

    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, document_of in sources.items():
            predictions = {}
            for stem, clip in clips.items():
                try:
                    predictions[stem] = prediction(document_of(clip))
                except (RuntimeError, KeyError, ValueError) as error:
                    failed += 1
                    print(f"{stem}: {name}: no answer: {error}", file=sys.stderr)
            path = folder / f"{name}.json"
            path.write_text(json.dumps(predictions, indent=1))
            files.append(str(path))
        for title, include in (("natural", NATURAL), ("composite", COMPOSITE), ("all", "")):
            if not any(re.search(include, stem) for stem in clips):
                continue
            print(f"\n== {title}")
            sys.stdout.flush()
            include_both = f"(?=.*{options.only}){include}" if options.only else include
            subprocess.run([sys.executable, str(judge), str(truth), *files, "--include", include_both]
                           + (["--verbose"] if options.verbose and title == "all" else []), check=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
