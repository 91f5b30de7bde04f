"""reelbatch costs, from the outside: the schemas and the program agree; what is written conforms; commands and their exit codes."""
import json
import re
import unittest

import jsonschema

import harness

ROOT = harness.ROOT
FIXTURES = ROOT / 'tests/fixtures/costs'
SCHEMAS = {'v2': 'reelbatch_costs_v2', 'v1': 'resource_costs_cut_detection_v1', 'micro': 'micro_results', 'matrix': 'matrix_results'}


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((ROOT / f'schemas/{name}.schema.json').read_text()))


CROSS = re.compile(r'does not exist in this file; add it|must increase from point')
INSTEAD = (None, 'N/A', '', '.x', 'x', True, -1, 0, 1.5, 70000, 1e300, [], [None], {}, {'x': None})


def changes(value, place=''):
    """(where, document) for every member of `value` left out, and for everything in it replaced by each of INSTEAD."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in list(inner):
        at = f'{place}/{key}'
        if isinstance(value, dict):
            yield f'{at} left out', {k: v for k, v in value.items() if k != key}
        for other in INSTEAD:
            copy = value.copy()
            copy[key] = other
            yield f'{at} = {other!r}', copy
        for where, changed in changes(member, at):
            copy = value.copy()
            copy[key] = changed
            yield where, copy


class Schemas(harness.TestCase):
    def test_all_of_them_are_schemas(self):
        files = sorted((ROOT / 'schemas').glob('*.json'))
        self.assertEqual(len(files), 7)
        for file in files:
            jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text()))

    def test_they_and_the_program_agree(self):
        files = sorted(FIXTURES.glob('*.json'))
        self.assertGreater(len(files), 15)
        for file in files:
            with self.subTest(file.name):
                good = file.name.startswith('good_')
                kind = file.stem.split('_')[1]
                self.assertEqual(schema(SCHEMAS[kind]).is_valid(json.loads(file.read_text())), good)
                done = self.run_reelbatch('costs', 'validate', file, expect=0 if good else 1)
                if not good:
                    self.assertIn(file.name, done.err)

    def test_they_agree_on_whatever_is_changed(self):
        """Every member of every good file, left out and replaced. The program says more than a schema can: CROSS."""
        changed = {}
        for file in sorted(FIXTURES.glob('good_*.json')):
            for place, document in changes(json.loads(file.read_text())):
                name = f'{len(changed)}.json'
                (self.work / name).write_text(json.dumps(document))
                changed[name] = (SCHEMAS[file.stem.split('_')[1]], file.name, place, document)
        self.assertGreater(len(changed), 1000)
        ran = self.run_reelbatch('costs', 'validate', '--json', *changed, expect=1)
        disagree = []
        for verdict in ran.json():
            name, origin, place, document = changed[verdict['file']]
            problem = ' '.join(verdict['problems'])
            if schema(name).is_valid(document) != verdict['sound'] and not CROSS.search(problem):
                disagree.append(f'{origin} {place}: {problem or "sound"}')
        self.assertEqual(disagree, [])

    def test_what_the_program_brings_along_conforms(self):
        files = sorted((ROOT / 'data/costs').glob('*.json'))
        self.assertGreater(len(files), 2)
        for file in files:
            schema(SCHEMAS['v2']).validate(json.loads(file.read_text()))
            self.run_reelbatch('costs', 'validate', file)


class Commands(harness.TestCase):
    def test_import_and_export_give_the_same_document(self):
        for kind in ('v1', 'micro', 'matrix'):
            self.run_lab('costs', 'import', FIXTURES / f'good_{kind}.json', '--out', f'{kind}.json')
            schema(SCHEMAS['v2']).validate(json.loads((self.work / f'{kind}.json').read_text()))
            out = self.run_lab('costs', 'export', f'{kind}.json', '--format', kind).json()
            schema(SCHEMAS[kind]).validate(out)
            expected = json.loads((FIXTURES / f'good_{kind}.json').read_text())
            self.assertEqual(out, expected)

    def test_the_page_is_the_one_that_is_rendered(self):
        page = (ROOT / 'docs/resource-checklist.md').read_text()
        self.assertEqual(self.run_reelbatch('costs', 'render').out, page, 'run: reelbatch costs render --out docs/resource-checklist.md')

    def test_the_seed_renders_and_compares(self):
        text = self.run_reelbatch('costs', 'render', 'seed').out
        self.assertIn('| 48.33 | 353.4 | N/A |', text)
        self.assertEqual(text, self.run_reelbatch('costs', 'render', 'seed').out)
        diff = self.run_reelbatch('costs', 'diff', 'seed', 'seed', '--json').json()
        self.assertEqual(len(diff['summaries']), 18)
        self.assertTrue(all(line['ratio'] == 1 for line in diff['summaries'] + diff['rows']))

    def test_strict_refuses_what_nobody_should_rely_on(self):
        document = json.loads((FIXTURES / 'good_v2.json').read_text())
        document['sources']['s']['dirty'] = True
        (self.work / 'dirty.json').write_text(json.dumps(document))
        self.run_reelbatch('costs', 'validate', 'dirty.json')
        problems = self.run_reelbatch('costs', 'validate', 'dirty.json', '--strict', '--json', expect=1).json()[0]['problems']
        self.assertTrue(any('rows[0]' in problem and 'commit them and measure again' in problem for problem in problems), problems)

    def test_pareto_and_fit_read_what_is_there(self):
        document = json.loads((FIXTURES / 'good_v2.json').read_text())
        document['subjects']['y'] = dict(document['subjects']['x'], preset='fast', knobs={'a': 2})
        document['qualities'] = {'q': {'f1_truth': .97}, 'r': {'f1_truth': .98}}
        document['rows'] = [dict(document['rows'][0], quality='r'), dict(document['rows'][0], subject='y', quality='q', latency_ms_per_unit=1)]
        (self.work / 't.json').write_text(json.dumps(document))
        points = self.run_reelbatch('costs', 'pareto', 't.json', '--json').json()[0]['points']
        self.assertEqual([(p['latency_ms_per_unit'], p['f1_truth'], p['efficient']) for p in points], [(1, .97, True), (1.5, .98, True)])
        fits = self.run_reelbatch('costs', 'fit', 't.json', '--json').json()['batches']
        self.assertAlmostEqual(fits[0]['fixed_ms'], 1, 3)
        self.assertAlmostEqual(fits[0]['ms_per_unit'], 1, 3)

    def test_eval_puts_f1_beside_the_price(self):
        self.take('clips/a.mp4')
        (self.work / 'truth').mkdir()
        (self.work / 'truth/a.json').write_text(json.dumps({
            'video': 'a.mp4', 'fps': '25/1', 'n_frames': 50, 'edge': [], 'transitions': [{'type': 'hard', 'start': 24, 'end': 25, 'frame': 25}]}))
        document = json.loads((FIXTURES / 'good_v2.json').read_text())
        document['subjects']['x'].update(component='cut_detection', preset='fast', component_part='detect_hard_cuts(cpu_no_deep)', knobs={'decision': 'adaptive'})
        (self.work / 't.json').write_text(json.dumps(document))
        self.run_reelbatch('eval', '--truth', 'truth', 'clips', '--preset', 'fast', '--costs', 't.json')
        table = json.loads((self.work / 't.json').read_text())
        schema(SCHEMAS['v2']).validate(table)
        self.assertEqual(table['qualities'][table['rows'][0]['quality']]['f1_truth'], 1)
        self.assertEqual(table['rows'][0]['later'], 1)
        self.run_reelbatch('eval', '--between-presets', 'between', 'clips', '--costs', 't.json')
        table = json.loads((self.work / 't.json').read_text())
        schema(SCHEMAS['v2']).validate(table)
        quality = table['qualities'][table['rows'][0]['quality']]
        report = json.loads((self.work / 'between/quality_report_native.json').read_text())
        self.assertEqual((quality['f1_truth'], quality['f1_default']), (1, report['stitched']['fast']['f1']))
        self.run_reelbatch('eval', '--truth', 'truth', 'clips', '--preset', 'fast', '--costs', 't.json')
        table = json.loads((self.work / 't.json').read_text())
        self.assertEqual(table['qualities'][table['rows'][0]['quality']]['f1_default'], quality['f1_default'], 'what is known stays')
        done = self.run_reelbatch('eval', '--truth', 'truth', 'clips', '--preset', 'default', '--costs', 't.json', expect=2)
        self.assertIn('t.json: has no row of cut_detection', done.err)

    def test_wrong_calls_say_what_to_do(self):
        for words, code, text in (((), 2, 'needs a subcommand'), (('rendr',), 2, 'render'),
                                  (('show', 'nothere'), 2, 'is neither a file nor a built-in table'),
                                  (('show', __file__), 2, 'is not a JSON file, because its text does not begin with {; a cost table is'), (('diff', 'seed'), 2, 'needs two tables'),
                                  (('calibration', self.work), 2, 'reelbatch run'), (('validate',), 2, 'needs a file'),
                                  (('show', 'seed', '--part', 'nosuch'), 1, 'no row matches')):
            self.assertIn(text, self.run_reelbatch('costs', *words, expect=code).err, words)
        for words, text in ((('export', 'seed'), '--format'),
                            (('export', FIXTURES / 'good_v2.json', '--format', 'v1-soft'), 'bench matrix'),
                            (('import', FIXTURES / 'good_v1.json', '--out', 'no/such/t.json'), 'no/such')):
            self.assertIn(text, self.run_lab('costs', *words, expect=2).err, words)

    def test_plan_and_run_have_the_same_lower_bound(self):
        for name, seconds in (('a', 1), ('b', 1), ('c', 6)):
            self.take(f'{name}.mp4', size='160x120', half=seconds / 2)
        planned = self.run_reelbatch('plan', 'a.mp4', 'b.mp4', 'c.mp4', '--threads', '2', '--json').json()
        ran = self.run_reelbatch('run', 'a.mp4', 'b.mp4', 'c.mp4', '--threads', '2', '--out', 'out', '--json').json()
        self.assertGreater(planned['bound_s'], 0)
        self.assertAlmostEqual(planned['bound_s'], ran['bound_s'], delta=planned['bound_s'] * .001 + 2e-6)
        self.assertGreaterEqual(planned['gap'], .999)

    def test_a_run_says_what_was_expected_and_what_came(self):
        self.take('a.mp4', size='284x160')
        self.run_reelbatch('bench', 'matrix', '--part', 'hard,soft', '--presets', 'quality', '--short-sides', '160', '--frames', '8',
                           '--out', 'measured')
        self.run_reelbatch('run', 'a.mp4', '--out', 'out', '--threads', '1', '--costs', 'measured/costs.json')
        manifest = json.loads(self.one('out/local/a/*/manifest.json').read_text())
        costs = {cost['component']: cost for cost in manifest['costs']}
        self.assertEqual(set(costs), {'decode', 'cut_detection'})
        cuts = costs['cut_detection']
        self.assertEqual((cuts['bucket'], cuts['preset'], cuts['units'], cuts['predicted_from']), ('284x160', 'quality', 49, 'exact'))
        self.assertGreater(cuts['predicted_ms'], 0)
        self.assertGreater(cuts['actual_ms'], 0)
        found = self.run_reelbatch('costs', 'calibration', 'out', '--json').json()
        self.assertEqual({key['component'] for key in found['keys']}, {'decode', 'cut_detection'})
        self.assertEqual(len(found['runs']), 1)
        self.assertGreater(found['runs'][0]['peak_mb'], 10)
        # A result that a later run links from this one is not counted again.
        self.run_reelbatch('run', 'a.mp4', '--out', 'out', '--threads', '1', '--costs', 'measured/costs.json',
                           '--components', 'cut_detection,core_optical_flow')
        again = {key['component']: key['videos'] for key in self.run_reelbatch('costs', 'calibration', 'out', '--json').json()['keys']}
        self.assertEqual(again['cut_detection'], 1)
        self.assertEqual(again['core_optical_flow'], 1)
        self.assertEqual(self.run_reelbatch('run', 'a.mp4', '--out', 'b', '--costs', 'nothere.json', expect=2).err.count('nothere.json'), 1)


if __name__ == '__main__':
    unittest.main()
