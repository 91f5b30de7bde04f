#!/usr/bin/env python3
"""Checks that a timeline trace is one that viewers show as it was meant.

usage: check_trace.py TRACE...     prints FILE: what is wrong; exit 1 when anything is
Python standard library only.

Viewers take a broken trace in silence: they drop slices that overlap, and arrows that hit nothing. Perfetto sorts events
by time and leaves those of the same time in the order of the file, so that is how they are looked at here.
"""
import collections
import json
import math
import sys

PHASES = {'M', 'X', 'i', 'C', 's', 't', 'f'}
HEADINGS = {'process_name', 'thread_name', 'process_sort_index', 'thread_sort_index'}


def load(path):
    """The events of a trace file, in its order. ValueError where it is not one."""
    def refuse(word):
        raise ValueError(f'{word} is no JSON')
    with open(path, encoding='utf-8') as file:
        document = json.load(file, parse_constant=refuse)
    events = document.get('traceEvents') if isinstance(document, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError('has no list "traceEvents" of objects')
    return events


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def nanoseconds(microseconds):
    return round(microseconds * 1000)


def words(at, event):
    return f'event {at} ({event.get("ph")} {event.get("name")!r} at {event.get("ts")})'


class Names:
    """What metadata calls processes and threads; the place in the file does not matter."""

    def __init__(self, events):
        self.processes, self.threads = {}, {}
        for event in events:
            name = event['args'].get('name') if event.get('ph') == 'M' and isinstance(event.get('args'), dict) else None
            if name and event.get('name') == 'process_name':
                self.processes[event.get('pid')] = name
            elif name and event.get('name') == 'thread_name':
                self.threads[event.get('pid'), event.get('tid')] = name


def wrong_alone(event, names):
    """What is wrong with an event whatever the others are, or None."""
    phase, name, args = event.get('ph'), event.get('name'), event.get('args', {})
    if phase not in PHASES:
        return 'has no known phase'
    if not isinstance(name, str) or not name:
        return 'has no name'
    if not isinstance(args, dict):
        return 'has args that are no object'
    if phase == 'M':
        return None if name in HEADINGS else 'is no known metadata'
    for field in ('ts', 'dur') if phase == 'X' else ('ts',):
        if not is_number(event.get(field)):
            return f'has no number {field}'
        if event[field] < 0:
            return f'has a negative {field}'
    if event.get('pid') not in names.processes:
        return 'belongs to a process without a name'
    if phase == 'C':
        return None if args and all(map(is_number, args.values())) else 'is a counter whose values are not all numbers'
    if (event.get('pid'), event.get('tid')) not in names.threads:
        return 'lies on a track without a name'
    if phase in 'stf' and not isinstance(event.get('id'), (int, str)):
        return 'is a flow without an id'
    if phase == 'f' and event.get('bp') != 'e':
        return 'ends a flow without "bp": "e": it would go to the next slice'
    return None


def wrong_on_track(events):
    """Yields what is wrong with the slices and flow points of one track. `events`: (time, place in the file, event), sorted."""
    around = []  # slices begun and not ended: (begin, end, event)
    last = None  # slice or instant to begin: Perfetto hangs an arrow on it, though it be over
    for time, at, event in events:
        if event['ph'] in 'Xi':
            while around and around[-1][1] <= time:
                around.pop()
            last = (time, time + nanoseconds(event.get('dur', 0)), event)
            if around and last[1] > around[-1][1]:
                yield f'{words(at, event)} overlaps {around[-1][2]["name"]!r} before it, and neither holds the other'
            if event['ph'] == 'X':
                around.append(last)
        else:
            # An empty slice holds what happens at its instant.
            while around and around[-1][1] <= time != around[-1][0]:
                around.pop()
            if not around:
                yield f'{words(at, event)} lies in no slice'
            elif around[-1] is not last:
                yield f'{words(at, event)} is drawn at {last[2]["name"]!r}, the last to begin before it'


def wrong_flows(events):
    """Yields what is wrong with flows as pairs."""
    flows = collections.defaultdict(lambda: collections.defaultdict(list))
    for event in events:
        if event['ph'] in 'stf':
            flows[event.get('cat'), event['name'], event['id']][event['ph']].append(nanoseconds(event['ts']))
    for (_, name, number), points in flows.items():
        what = f'flow {number} ({name!r})'
        if len(points['s']) != 1:
            yield f'{what} has {len(points["s"])} starts'
        elif len(points['f']) != 1:
            yield f'{what} has {len(points["f"])} ends'
        elif not points['s'][0] <= min(points['t'] + points['f']) <= max(points['t'] + points['f']) == points['f'][0]:
            yield f'{what} goes back in time'


def problems(events):
    """Everything that is wrong with load()'s events, a line each."""
    names = Names(events)
    found, tracks, sound = [], collections.defaultdict(list), []
    for at, event in enumerate(events):
        wrong = wrong_alone(event, names)
        if wrong:
            found.append(f'{words(at, event)} {wrong}')
        elif event['ph'] in 'Xistf':
            tracks[event['pid'], event['tid']].append((nanoseconds(event['ts']), at, event))
            sound.append(event)
    for track in tracks.values():
        found += wrong_on_track(sorted(track, key=lambda entry: entry[:2]))
    return found + list(wrong_flows(sound))


def check(path):
    """Everything that is wrong with a trace file, a line each; empty: nothing is."""
    try:
        return problems(load(path))
    except (OSError, ValueError) as error:
        return [str(error)]


def main(paths):
    found = [f'{path}: {problem}' for path in paths for problem in check(path)]
    print('\n'.join(found), end='\n' if found else '')
    return 1 if found else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
