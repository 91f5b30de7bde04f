"""What `reelbatch eval --strict-type` says of clips, as figures that add up and faults that have names."""
import dataclasses

PAD = 2         # frames that a fault may be off its "# known:" line
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


def score_of(clip):
    """A clip of eval's JSON."""
    named = lambda what, entry: Fault(what, entry['type'], entry['start'], entry['end'])
    faults = [named('missed', entry) for entry in clip['missed_hard'] + clip['missed_soft']]
    for match in clip['soft_matches']:
        if match['found'] != match['type']:
            faults.append(named('misnamed', match))
        if match['IoU'] < LEAST_IOU:
            faults.append(named('loose', match))
    faults += [named('false', entry) for entry in clip['false_events']]
    return Score(hard=clip['hard'], hard_found=clip['hard_tp'], soft=clip['soft'], soft_found=clip['soft_found'],
                 soft_named=clip['type_right'], iou_sum=clip['iou_sum'], false=clip['hard_false'] + clip['soft_false'], faults=faults)
