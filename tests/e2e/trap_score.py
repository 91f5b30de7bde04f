"""Scores the events of one clip against its truth, by the rules of the metric "ours" (docs/detection.md names them).

Hard cuts match one to one within one frame. A gradual transition is found where any other event overlaps [start-2, end+2]; what
overlaps one is never false. Events at a fade of the file's own beginning or end are ignored. A hard cut found as a gradual
transition is both missed and false: traps are judged by type.
"""
import dataclasses

TOLERANCE = 1   # frames, of a hard cut
PAD = 2         # frames, of a gradual transition and of an edge
LEAST_IOU = .5


@dataclasses.dataclass(frozen=True)
class Fault:
    """missed | false | loose (found, but with IoU under .5) | misnamed (found, as another type)."""
    what: str
    kind: str   # hard | fade | dissolve | wipe
    start: int
    end: int

    def __str__(self):
        return f'{self.what} {self.kind} {self.start}' + (f'-{self.end}' if self.end != self.start else '')

    def is_near(self, other):
        return (self.what, self.kind) == (other.what, other.kind) and max(abs(self.start - other.start), abs(self.end - other.end)) <= PAD


@dataclasses.dataclass
class Score:
    hard: int = 0
    hard_found: int = 0
    soft: int = 0
    soft_found: int = 0
    soft_named: int = 0    # found ones that have the right type
    iou_sum: float = 0     # of found ones
    false: int = 0
    faults: list = dataclasses.field(default_factory=list)

    def __add__(self, other):
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in dataclasses.fields(self)))

    def f1(self):
        """Of all events; None where there is none to find and none was found."""
        found, there = self.hard_found + self.soft_found, self.hard + self.soft
        return 2 * found / (found + self.false + there) if there + self.false else None

    def iou(self):
        return self.iou_sum / self.soft_found if self.soft_found else None


def overlaps(event, start, end):
    return event['start'] <= end + PAD and event['end'] >= start - PAD


def iou(event, start, end):
    shared = min(event['end'], end) - max(event['start'], start) + 1
    return max(0, shared) / (max(event['end'], end) - min(event['start'], start) + 1)


def match_hard(truths, events):
    """The (truth, event) pairs of the largest matching. All tolerances are equal, so the first free event is the one to take."""
    free = sorted(events, key=lambda e: e['frame'])
    pairs = []
    for truth in sorted(truths, key=lambda t: t['frame']):
        event = next((e for e in free if abs(e['frame'] - truth['frame']) <= TOLERANCE), None)
        if event:
            pairs.append((truth, event))
            free.remove(event)
    return pairs


def point_or_span(event):
    """A hard cut is one frame wide, whatever its span says."""
    return event | {'start': event['frame'], 'end': event['frame']} if event['type'] == 'hard' else event


def score(truth, events):
    """`truth` as in a truth file; `events` [{type hard|fade|dissolve|wipe, start, end, frame}]."""
    events = [point_or_span(e) for e in events]
    hard = [t for t in truth['transitions'] if t['type'] == 'hard']
    soft = [t for t in truth['transitions'] if t['type'] != 'hard']
    pairs = match_hard(hard, [e for e in events if e['type'] == 'hard'])
    result = Score(hard=len(hard), hard_found=len(pairs), soft=len(soft))
    result.faults += [Fault('missed', 'hard', t['frame'], t['frame']) for t in hard if not any(t is found for found, _ in pairs)]
    rest = [e for e in events if not any(e is used for _, used in pairs)]
    for t in soft:
        hits = [e for e in rest if overlaps(e, t['start'], t['end'])]
        if not hits:
            result.faults.append(Fault('missed', t['type'], t['start'], t['end']))
            continue
        best = max(hits, key=lambda e: (iou(e, t['start'], t['end']), e['type'] == t['type']))
        width = iou(best, t['start'], t['end'])
        result.soft_found += 1
        result.iou_sum += width
        result.soft_named += best['type'] == t['type']
        if best['type'] != t['type']:
            result.faults.append(Fault('misnamed', t['type'], t['start'], t['end']))
        if width < LEAST_IOU:
            result.faults.append(Fault('loose', t['type'], t['start'], t['end']))
    allowed = soft + truth['edge']
    false = [e for e in rest if not any(overlaps(e, t['start'], t['end']) for t in allowed)]
    result.false = len(false)
    result.faults += [Fault('false', e['type'], e['start'], e['end']) for e in false]
    return result
