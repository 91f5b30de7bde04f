#!/usr/bin/env python3
"""Measures reelbatch side by side with its baselines: same planes, interleaved, medians of paired rounds, one thread.

usage: peers.py --reelbatch BIN --clock BIN --out DIR [--clip-720p FILE] [--clip-1080p FILE] [--rounds 5]

Kernels and parts  our peer_clock against OpenCV, scikit-image and a Python version of the signals (baselines.py). Before the
                   clock starts the answers are compared; a difference beyond the bound of a signal ends the measurement.
End to end         `reelbatch run` against scenedetect detect-adaptive, ffmpeg scdet and ffmpeg -f null, 2 threads each.
Without --clip-*   the demo reel, scaled.      Writes DIR/peers.md and DIR/peers.json.
"""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

import numpy as np

import baselines

WIDTH, HEIGHT, FRAMES = 1280, 720, 25
PACKAGES = ('numpy', 'opencv-python-headless', 'scikit-image', 'scenedetect-headless')
GOALS = {'hist': '10x', 'ssim': '100x', 'flow': '6x', 'hard': '30x', 'soft': '20x', 'motion': '40x'}
TITLES = {'hist': 'V histogram, 1280x720, vs cvtColor + calcHist', 'ssim': 'SSIM 512, vs scikit-image',
          'flow': 'Farneback 320, vs cv2', 'hard': 'hard part, vs Python', 'soft': 'soft part, vs Python',
          'motion': 'motion part, vs Python'}


class Clock:
    """Our side, as a process that answers."""

    def __init__(self, program, raw):
        self.child = subprocess.Popen([program, str(raw), str(WIDTH), str(HEIGHT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.child.stdout.readline())

    def ask(self, line):
        self.child.stdin.write(line + '\n')
        self.child.stdin.flush()
        answer = json.loads(self.child.stdout.readline())
        if 'error' in answer:
            raise SystemExit(f'peer_clock: {line}: {answer["error"]}')
        return answer

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def decode(clip, target, pixels):
    """FRAMES frames from one second on."""
    subprocess.run(['ffmpeg', '-v', 'error', '-y', '-ss', '1', '-i', str(clip), '-map', '0:V:0', '-frames:v', str(FRAMES), '-vf',
                    f'scale={WIDTH}:{HEIGHT},format={pixels}', '-f', 'rawvideo', str(target)], check=True)
    return target


def timed_ms(function, *args):
    begin = time.perf_counter()
    values = function(*args)
    return (time.perf_counter() - begin) * 1e3 / (len(args[0]) - 1), values


def compare(name, ours, theirs, bound):
    worst = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    if worst > bound:
        raise SystemExit(f'{name}: our answer differs from the baseline\'s by {worst:g}, more than {bound:g}: not timed')
    return worst


def planes_of(clock, name, work):
    file = work / f'{name}.planes'
    size = clock.ask(f'planes {name} {file}')
    return np.fromfile(file, np.uint8).reshape(-1, size['height'], size['width'])


def kernels(args, work):
    clip = args.clip_720p
    raw = decode(clip, work / 'frames.yuv', 'yuv420p')
    rgb = np.fromfile(decode(clip, work / 'frames.rgb', 'rgb24'), np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    clock = Clock(args.clock, raw)
    ssim, flow = planes_of(clock, 'ssim', work), planes_of(clock, 'flow', work)
    verify(clock, ssim, flow)
    ways = {'hist': (baselines.histograms, rgb), 'ssim': (baselines.ssims, ssim), 'flow': (baselines.flows, flow),
            'hard': (baselines.hard, rgb), 'soft': (baselines.soft, rgb), 'motion': (baselines.motion, rgb)}
    rows = {}
    for name, (baseline, data) in ways.items():
        if name not in args.parts:
            continue
        pairs = []
        for _ in range(args.rounds + 1):
            ours = statistics.median(clock.ask(f'time {name}')['ms'] for _ in range(3))
            pairs.append((ours, timed_ms(baseline, data)[0]))
        pairs = pairs[1:]  # the first warms up
        ours, theirs = (statistics.median(side) for side in zip(*pairs))
        ratio = statistics.median(b / a for a, b in pairs)
        rows[name] = {'title': TITLES[name], 'ours_ms': ours, 'baseline_ms': theirs, 'ratio': ratio, 'goal': GOALS[name]}
        print(f'{TITLES[name]:48s} {ours:8.4f} ms  {theirs:8.3f} ms  {ratio:7.1f}x  (goal {GOALS[name]})', flush=True)
    about = clock.about
    clock.close()
    return rows, about


def verify(clock, ssim, flow):
    compare('SSIM', clock.ask('values ssim')['values'], baselines.ssims(ssim), 1e-4)
    ours, theirs = clock.ask('values flow')['values'], baselines.flows(flow)
    for a, b in zip(ours, theirs, strict=True):
        compare('flow', [a], [b], max(.01, .01 * b))


def run(command):
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f'{command[0]} ended with {child.returncode}: {command}')
    return {'wall_s': time.perf_counter() - begin, 'cpu_s': usage.ru_utime + usage.ru_stime}


def end_to_end(args, clip, work):
    threads = '2'
    out = work / 'out'

    def ours(*options):
        shutil.rmtree(out, ignore_errors=True)
        return run([args.reelbatch, 'run', str(clip), '--out', str(out), '--quiet', '--threads', threads, *options])

    scenedetect = pathlib.Path(sys.executable).parent / 'scenedetect'
    ways = {
        'reelbatch run': ours,
        'ffmpeg -f null': lambda: run(['ffmpeg', '-v', 'quiet', '-nostdin', '-threads', threads, '-i', str(clip), '-map', '0:V:0', '-f', 'null', '-']),
        'ffmpeg scdet': lambda: run(['ffmpeg', '-v', 'quiet', '-nostdin', '-threads', threads, '-i', str(clip), '-map', '0:V:0', '-vf', 'scdet', '-f', 'null', '-']),
        'scenedetect detect-adaptive': lambda: run([str(scenedetect), '-q', '-i', str(clip), 'detect-adaptive', 'list-scenes', '-n', '-q']),
    }
    samples = {name: [] for name in ways}
    for _ in range(args.rounds + 1):
        for name, way in ways.items():
            samples[name].append(way())
    rows = {}
    for name, runs in samples.items():
        paired = [r['wall_s'] / o['wall_s'] for r, o in zip(runs[1:], samples['reelbatch run'][1:])]
        rows[name] = {key: statistics.median(r[key] for r in runs[1:]) for key in ('wall_s', 'cpu_s')}
        rows[name]['wall_over_ours'] = statistics.median(paired)
        print(f'{clip.name:34s} {name:28s} wall {rows[name]["wall_s"]:6.2f} s  CPU {rows[name]["cpu_s"]:6.2f} s  wall/ours '
              f'{rows[name]["wall_over_ours"]:5.2f}', flush=True)
    return rows


def cpu_model():
    for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines():
        if line.startswith('model name'):
            return line.split(':', 1)[1].strip()
    return platform.machine()


def provenance(args, about):
    here = pathlib.Path(__file__).parent
    commit = subprocess.run(['git', '-C', str(here), 'describe', '--always', '--dirty'], capture_output=True, text=True, check=False)
    ffmpeg = subprocess.run(['ffmpeg', '-version'], capture_output=True, text=True, check=True).stdout.split('\n')[0]
    return {'commit': commit.stdout.strip(), 'rounds': args.rounds, 'frames': about['frames'], 'simd': about['simd'], 'cpu': cpu_model(),
            'cores': os.cpu_count(), 'versions': {'python': platform.python_version(), 'ffmpeg': ffmpeg,
                                                  **{name: importlib.metadata.version(name) for name in PACKAGES}}}


def markdown(report):
    about = report['about']
    versions = ', '.join(f'{name} {version}' for name, version in about['versions'].items())
    lines = ['# reelbatch and its peers', '', f'Commit {about["commit"]}; {about["cpu"]}, {about["cores"]} cores, {about["simd"]}; medians of '
             f'{about["rounds"]} interleaved rounds, {about["frames"]} frames. {versions}.', '', '## Kernels and parts, 1 thread, 1280x720, ms per pair of frames', '',
             '| | ours | baseline | ratio | goal |', '|---|---|---|---|---|']
    lines += [f'| {r["title"]} | {r["ours_ms"]:.4f} | {r["baseline_ms"]:.3f} | {r["ratio"]:.1f}x | {r["goal"]} |' for r in report['kernels'].values()]
    for clip, rows in report['end_to_end'].items():
        lines += ['', f'## End to end, 2 threads: {clip}', '', '| | wall s | CPU s | wall / ours |', '|---|---|---|---|']
        lines += [f'| {name} | {r["wall_s"]:.2f} | {r["cpu_s"]:.2f} | {r["wall_over_ours"]:.2f} |' for name, r in rows.items()]
    return '\n'.join(lines) + '\n'


def demo(args, work):
    """Our own footage where no clip is given: the demo reel at 1080p."""
    reel, scaled = work / 'demo', work / 'demo_1080p.mp4'
    subprocess.run([args.reelbatch, 'demo', '--out', str(reel), '--quiet'], check=True)
    source = next(reel.glob('*.mp4'))
    subprocess.run(['ffmpeg', '-v', 'error', '-y', '-i', str(source), '-vf', 'scale=1920:1080', '-c:v', 'libx264', '-preset', 'veryfast', str(scaled)], check=True)
    return scaled


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--reelbatch', required=True)
    ap.add_argument('--clock', required=True)
    ap.add_argument('--out', type=pathlib.Path, required=True)
    ap.add_argument('--clip-720p', type=pathlib.Path)
    ap.add_argument('--clip-1080p', type=pathlib.Path)
    ap.add_argument('--rounds', type=int, default=5)
    ap.add_argument('--parts', default='hist,ssim,flow,hard,soft,motion', type=lambda text: text.split(','))
    args = ap.parse_args()
    work = args.out / 'work'
    work.mkdir(parents=True, exist_ok=True)
    if not (args.clip_720p and args.clip_1080p):
        reel = demo(args, work)
        args.clip_720p, args.clip_1080p = args.clip_720p or reel, args.clip_1080p or reel
    rows, about = kernels(args, work)
    report = {'about': provenance(args, about), 'kernels': rows,
              'end_to_end': {clip.name: end_to_end(args, clip, work) for clip in dict.fromkeys((args.clip_1080p, args.clip_720p))}}
    (args.out / 'peers.json').write_text(json.dumps(report, indent=1) + '\n')
    (args.out / 'peers.md').write_text(markdown(report))
    shutil.rmtree(work)
    print(f'tables: {args.out}/peers.md, {args.out}/peers.json')
    return 0


if __name__ == '__main__':
    sys.exit(main())
