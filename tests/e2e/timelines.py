"""Our edit lists and timelines, read by OpenTimelineIO.

Its adapters are cmx_3600 for EDL and fcp_xml for Final Cut Pro XML.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

import harness

REQUIREMENTS = pathlib.Path(__file__).with_name('requirements.txt')

# Reads every file of a list on stdin: [{path, rate}]. An EDL is read at that rate, and an OTIO is
# written to an EDL at it.
READER = '''
import json, sys
import opentimelineio as otio

def of_clip(clip):
    taken, media = clip.source_range, clip.media_reference
    told = {'start': taken.start_time.value, 'frames': taken.duration.value}
    told['rate'] = taken.duration.rate
    if getattr(media, 'available_range', None) is not None:
        told['media_start'] = media.available_range.start_time.value
        told['media_frames'] = media.available_range.duration.value
        if isinstance(media, otio.schema.ImageSequenceReference):
            told['url'] = media.target_url_for_image_number(0)
            told['last_url'] = media.target_url_for_image_number(
                media.number_of_images_in_sequence() - 1)
        else:
            told['url'] = media.target_url
    return told

def of_timeline(timeline):
    track = timeline.video_tracks()[0]
    mixed = [child for child in track if isinstance(child, otio.schema.Transition)]
    metadata = timeline.metadata.get('reelbatch', {})
    return {'name': timeline.name,
            'start': timeline.global_start_time.value if timeline.global_start_time else None,
            'clips': [of_clip(child) for child in track if isinstance(child, otio.schema.Clip)],
            'mixed': [[child.in_offset.value, child.out_offset.value] for child in mixed],
            'metadata': json.loads(json.dumps(metadata, default=dict))}

answers = []
for item in json.load(sys.stdin):
    try:
        if item['path'].endswith('.edl'):
            edl = otio.adapters.read_from_file(item['path'], rate=item['rate'])
            answers.append(of_timeline(edl))
            continue
        timeline = otio.adapters.read_from_file(item['path'])
        answer = of_timeline(timeline)
        if item['path'].endswith('.otio'):
            answer['as_edl'] = otio.adapters.write_to_string(
                timeline, 'cmx_3600', rate=item['rate'])
        answers.append(answer)
    except Exception as error:
        answers.append({'error': f'{type(error).__name__}: {error}'})
json.dump(answers, sys.stdout)
'''


def judges():
    """Python of a virtual environment with the packages of requirements.txt, made once per build."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    home = harness.PROGRAM.parent / f'test-venv-{digest}'
    python, ready = home / 'bin/python', home / 'ready'
    if not ready.exists():
        for command in (
            [sys.executable, '-m', 'venv', '--clear', str(home)],
            [
                str(python),
                '-m',
                'pip',
                'install',
                '--quiet',
                '--disable-pip-version-check',
                '-r',
                str(REQUIREMENTS),
            ],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise AssertionError(
                    f'{" ".join(command)} failed: is PyPI reachable from here? This test opens our '
                    'export with '
                    f'the real OpenTimelineIO and cannot be left out.\n{done.stdout}{done.stderr}'
                )
        ready.touch()
    return str(python)


def read(files):
    """What OpenTimelineIO says of each of `files`, [(path, rate)], in one process.

    A dict each, {'error': ...} where it refuses.
    """
    asked = [{'path': str(path), 'rate': rate} for path, rate in files]
    done = subprocess.run(
        [judges(), '-W', 'ignore', '-c', READER],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)
