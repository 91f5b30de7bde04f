#!/usr/bin/env python3
"""Measures the main job side by side with its baselines, in one session, runs interleaved, medians printed.

usage: measure_main_job.py --reelbatch BIN --clips DIR [--runs 5] [--scenedetect BIN] [--work DIR] [--json FILE]

Speed   `reelbatch run` against decoding alone (`ffmpeg -f null`) and PySceneDetect detect-adaptive, on
        derived_sintel_1080p_bench.mp4 and on all readable clips: wall seconds, CPU seconds, frames/s.
Memory  peak RSS of `reelbatch run` with 1, 4 and 16 videos of 720p in flight, and on one clip looped 20 times.

Python 3 standard library only. The baseline comes from PyPI: pip install scenedetect-headless.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

LONG = 'derived_sintel_1080p_bench.mp4'
HD = 'sintel_trailer_720p.mp4'


def timed(command):
    """Runs a command to its end: wall s, CPU s (children included), peak RSS in MiB, exit code."""
    import time
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return {'wall_s': time.perf_counter() - start, 'cpu_s': usage.ru_utime + usage.ru_stime,
            'rss_mib': usage.ru_maxrss / 1024, 'exit': child.returncode}


def frames_of(paths):
    total = 0
    for path in paths:
        out = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'V:0', '-count_frames', '-show_entries',
                              'stream=nb_read_frames', '-of', 'csv=p=0', str(path)], capture_output=True, text=True)
        total += int(out.stdout.split()[0].rstrip(','))
    return total


class Bench:
    def __init__(self, args):
        self.args = args
        self.work = pathlib.Path(args.work or tempfile.mkdtemp(prefix='reelbatch_measure_'))
        self.work.mkdir(parents=True, exist_ok=True)

    def ours(self, inputs, *options):
        out = self.work / 'out'
        shutil.rmtree(out, ignore_errors=True)
        return timed([self.args.reelbatch, 'run', *map(str, inputs), '--out', str(out), '--quiet', *options])

    def decode_all(self, inputs):
        script = ' && '.join(f'ffmpeg -v quiet -nostdin -threads 2 -i "{p}" -map 0:V:0 -f null -' for p in inputs)
        return timed(['sh', '-c', script])

    def scenedetect(self, inputs):
        run = f'"{self.args.scenedetect}" -q -i "{{}}" detect-adaptive list-scenes -n -q'
        return timed(['sh', '-c', ' ; '.join(run.format(p) for p in inputs)])

    def compare(self, title, inputs):
        frames = frames_of(inputs)
        ways = {'reelbatch run': lambda: self.ours(inputs), 'ffmpeg -f null': lambda: self.decode_all(inputs)}
        if self.args.scenedetect:
            ways['scenedetect detect-adaptive'] = lambda: self.scenedetect(inputs)
        samples = {name: [] for name in ways}
        for way in ways.values():
            way()  # warm-up: page cache, dynamic linking, Python's byte code
        for _ in range(self.args.runs):
            for name, way in ways.items():
                samples[name].append(way())
        print(f'\n{title}: {len(inputs)} file(s), {frames} frames, medians of {self.args.runs} interleaved runs')
        rows = {}
        for name, runs in samples.items():
            wall = statistics.median(r['wall_s'] for r in runs)
            cpu = statistics.median(r['cpu_s'] for r in runs)
            ratio = statistics.median(r['wall_s'] / o['wall_s'] for r, o in zip(runs, samples['reelbatch run']))
            rss = max(r['rss_mib'] for r in runs)
            rows[name] = {'wall_s': wall, 'cpu_s': cpu, 'fps': frames / wall, 'wall_over_ours': ratio, 'rss_mib': rss}
            print(f'  {name:28s} wall {wall:7.2f} s  CPU {cpu:7.2f} s  {frames / wall:7.0f} frames/s'
                  f'  wall/ours {ratio:5.2f}  peak RSS {rss:4.0f} MiB')
        return rows

    def memory(self, clips):
        rows = {}
        for count in (1, 4, 16):
            folder = self.work / f'copies_{count}'
            folder.mkdir(exist_ok=True)
            for i in range(count):
                shutil.copyfile(clips / HD, folder / f'copy_{i:02d}.mp4')
            rows[f'{count} x 720p in flight'] = self.ours([folder], '--videos-in-flight', str(count))['rss_mib']
        looped = self.work / 'looped.mp4'
        subprocess.run(['ffmpeg', '-v', 'error', '-y', '-stream_loop', '19', '-i', str(clips / HD), '-map', '0:V:0',
                        '-c', 'copy', str(looped)], check=True)
        rows['1 x 720p, looped 20 times'] = self.ours([looped], '--videos-in-flight', '1')['rss_mib']
        long_folder = self.work / 'long_16'
        long_folder.mkdir(exist_ok=True)
        if self.args.long16:
            for i in range(16):
                os.link(looped, long_folder / f'long_{i:02d}.mp4')
            rows['16 x 720p looped 20 times'] = self.ours([long_folder], '--videos-in-flight', '16')['rss_mib']
        print('\nPeak RSS of `reelbatch run`')
        for name, mib in rows.items():
            print(f'  {name:28s} {mib:6.0f} MiB')
        return rows


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--reelbatch', required=True)
    ap.add_argument('--clips', type=pathlib.Path, required=True)
    ap.add_argument('--scenedetect')
    ap.add_argument('--runs', type=int, default=5)
    ap.add_argument('--work')
    ap.add_argument('--json')
    ap.add_argument('--only', choices=['speed', 'memory'])
    ap.add_argument('--long16', action='store_true', help='also 16 videos of 20 times the length (minutes)')
    args = ap.parse_args()
    index = json.loads((args.clips.parent / 'INDEX.json').read_text())['videos']
    readable = [args.clips / v['file'] for v in index if v['frames']]
    bench, report = Bench(args), {}
    if args.only != 'memory':
        report['1080p'] = bench.compare(LONG, [args.clips / LONG])
        report['all clips'] = bench.compare('all readable clips', readable)
    if args.only != 'speed':
        report['memory_mib'] = bench.memory(args.clips)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(report, indent=1) + '\n')
    if not args.work:
        shutil.rmtree(bench.work)
    return 0


if __name__ == '__main__':
    sys.exit(main())
