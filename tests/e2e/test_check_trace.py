"""What check_trace.py takes and what it blames, on traces of a few events."""
import json
import unittest

import check_trace
import harness

NAMES = [{'ph': 'M', 'pid': 1, 'name': 'process_name', 'args': {'name': 'lanes'}},
         {'ph': 'M', 'pid': 1, 'tid': 2, 'name': 'thread_name', 'args': {'name': 'lane 0'}},
         {'ph': 'M', 'pid': 1, 'tid': 3, 'name': 'thread_name', 'args': {'name': 'lane 1'}}]


def event(phase, ts, **fields):
    return {'ph': phase, 'ts': ts, 'pid': 1, 'tid': 2, 'name': 'a', **fields}


def piece(ts, dur, **fields):
    return event('X', ts, dur=dur, **fields)


def arrow(start, end, tid=3, number=1):
    return [event('s', start, id=number), event('f', end, id=number, bp='e', tid=tid)]


GOOD = {
    'nothing': [],
    'beside each other': [piece(0, 10), piece(10, 5), piece(20, 1)],
    'one inside the other, written when they ended': [piece(2, 3), piece(6, 4), piece(0, 10)],
    'beginning together, the outer one first': [piece(0, 10), piece(0, 4)],
    'a nanosecond apart after a day': [piece(86400000000.001, 0.001), piece(86400000000.002, 0.001)],
    'the same time on two tracks': [piece(0, 10), piece(5, 10, tid=3)],
    'an arrow': [piece(0, 10), piece(20, 10, tid=3), *arrow(5, 20)],
    'an arrow from a slice that is written later': [piece(20, 10, tid=3), *arrow(5, 20), piece(0, 10)],
    'an arrow from the outer slice before an inner one': [piece(0, 30), piece(26, 2), piece(20, 10, tid=3), *arrow(25, 25)],
    'an arrow from the inner slice': [piece(0, 30), piece(2, 5), piece(20, 10, tid=3), *arrow(3, 25)],
    'an instant where a slice ends and the next begins': [piece(0, 10), event('i', 10), piece(10, 10)],
    'an arrow to an empty slice': [piece(0, 10), piece(20, 0, tid=3), *arrow(5, 20)],
    'an arrow with a stop': [piece(0, 10), piece(20, 10), piece(30, 9, tid=3), arrow(5, 30)[0], event('t', 25, id=1), arrow(5, 30)[1]],
    'two arrows': [piece(0, 10), piece(20, 10, tid=3), *arrow(5, 20, number=1), *arrow(5, 20, number=2)],
    'counters': [event('C', 1, args={'MB': 1.5}), event('C', 2, args={'MB': 0, 'others': 3})],
    'an instant': [event('i', 1, s='t', args={'class': 'capacity'})],
}

# (events, words of the one problem)
BAD = [
    ([piece(0, 10), piece(5, 10)], 'overlaps'),
    ([piece(0, 10), piece(9.999, 1)], 'overlaps'),
    ([piece(0, 4), piece(0, 10)], 'overlaps'),
    ([piece(0, 10, tid=9)], 'track without a name'),
    ([piece(0, 10, pid=9)], 'process without a name'),
    ([piece(-1, 10)], 'negative ts'),
    ([piece(0, -1)], 'negative dur'),
    ([piece('0', 1)], 'no number ts'),
    ([event('X', 0)], 'no number dur'),
    ([piece(0, 1, name='')], 'no name'),
    ([event('Q', 0)], 'no known phase'),
    ([piece(0, 1, args=[1])], 'args that are no object'),
    ([piece(0, 10), arrow(5, 20)[0]], 'has 0 ends'),
    ([piece(20, 10, tid=3), arrow(5, 20)[1]], 'has 0 starts'),
    ([piece(0, 10), piece(20, 10, tid=3), *arrow(5, 20), arrow(5, 20)[0]], 'has 2 starts'),
    ([piece(0, 10), piece(20, 10, tid=3), *arrow(10, 20)], "event 5 (s 'a' at 10) lies in no slice"),
    ([piece(0, 10), piece(20, 10, tid=3), *arrow(5, 19)], "event 6 (f 'a' at 19) lies in no slice"),
    ([piece(0, 10), *arrow(5, 20), piece(20, 10, tid=3)], "event 5 (f 'a' at 20) lies in no slice"),
    ([piece(0, 30, name='outer'), piece(2, 2, name='inner'), piece(20, 10, tid=3), *arrow(5, 20)], "drawn at 'inner'"),
    ([piece(0, 30, name='outer'), event('i', 2, name='oom'), piece(20, 10, tid=3), *arrow(5, 20)], "drawn at 'oom'"),
    ([piece(30, 10), piece(20, 10, tid=3), *arrow(35, 20)], 'goes back in time'),
    ([piece(0, 10), event('s', 5), event('f', 5, bp='e', id=1)], 'flow without an id'),
    ([piece(0, 10), piece(20, 10, tid=3), arrow(5, 20)[0], event('f', 20, id=1, tid=3)], 'without "bp": "e"'),
    ([event('C', 1, args={'MB': '1'})], 'not all numbers'),
    ([event('C', 1, args={'MB': True})], 'not all numbers'),
    ([event('C', 1)], 'not all numbers'),
    ([event('i', 1, tid=9)], 'track without a name'),
]

# (text of the file, words)
NO_TRACES = [('', 'Expecting value'), ('[]', 'traceEvents'), ('{"traceEvents": [1]}', 'traceEvents'), ('{"traceEvents": [{}', 'delimiter'),
             ('{"traceEvents": [{"ph": "C", "args": {"MB": NaN}}]}', 'NaN is no JSON'), ('{"traceEvents": {}}', 'traceEvents')]


class CheckTrace(harness.TestCase):
    def checked(self, text):
        file = self.work / 'trace.json'
        file.write_text(text)
        return check_trace.check(file)

    def test_good(self):
        for what, events in GOOD.items():
            with self.subTest(what):
                self.assertEqual(self.checked(json.dumps({'traceEvents': NAMES + events})), [])

    def test_names_may_come_last(self):
        self.assertEqual(self.checked(json.dumps({'traceEvents': [piece(0, 1), *NAMES]})), [])

    def test_bad(self):
        for events, problem in BAD:
            with self.subTest(problem):
                found = self.checked(json.dumps({'traceEvents': NAMES + events}))
                self.assertTrue(any(problem in line for line in found), found)

    def test_no_trace(self):
        for text, problem in NO_TRACES:
            with self.subTest(text):
                found = self.checked(text)
                self.assertEqual(len(found), 1)
                self.assertIn(problem, found[0])
        self.assertIn('No such file', check_trace.check(self.work / 'missing')[0])

    def test_what_the_writer_writes(self):
        """The file that the unit tests of src/store/trace_writer compare with."""
        sample = harness.ROOT / 'tests/fixtures/trace/sample.json'
        self.assertEqual(check_trace.check(sample), [])
        phases = {entry['ph'] for entry in check_trace.load(sample)}
        self.assertEqual(phases, check_trace.PHASES - {'t'})


if __name__ == '__main__':
    unittest.main()
