#!/usr/bin/env python3
"""speech_activity against silero-vad's own Python code: units, probabilities, spans.

usage: test_speech_parity.py SPEECH_PROBE [FIGURES.json]
Wants numpy, onnxruntime and silero-vad 6.2.3 in one Python: this one, or the one that $REELBATCH_SILERO_PYTHON names. Exit 77, and
a line that says so, where they are not there. torch is not needed: what is compared with is silero-vad's torch-free path, which it publishes as bit-exact.
    python3 -m venv V && V/bin/pip install numpy onnxruntime packaging && V/bin/pip install --no-deps silero-vad==6.2.3
"""
import json
import os
import pathlib
import random as random_module
import shlex
import subprocess
import sys
import tempfile
import unittest.mock

LEFT_OUT = 77
SPEECH = 'Nobody knows what the weather will be like tomorrow. We will see. The quick brown fox jumps over the lazy dog.'
RANDOM_CURVES = 3000


def leave_out(why):
    print(f'LEFT OUT  models.speech_parity: {why}')
    sys.exit(LEFT_OUT)


def load_silero():
    """(get_speech_timestamps_from_probs, SileroVADSequence, folder of the models). The package imports torch for what is not used here."""
    try:
        import torch  # noqa: F401
    except ImportError:
        sys.modules['torch'] = unittest.mock.MagicMock(name='torch')
    from silero_vad import sequence_vad, utils_vad
    return utils_vad.get_speech_timestamps_from_probs, sequence_vad.SileroVADSequence, pathlib.Path(utils_vad.__file__).parent / 'data'


def elsewhere():
    """Plays this file with the Python that has what is wanted."""
    other = os.environ.get('REELBATCH_SILERO_PYTHON')
    if not other or os.environ.get('REELBATCH_SILERO_TRIED'):
        return None
    return subprocess.run([other, '-B', *sys.argv], env={**os.environ, 'REELBATCH_SILERO_TRIED': '1'}, check=False).returncode


def probe(*arguments, data=b''):
    return subprocess.run([PROBE, *map(str, arguments)], input=data, stdout=subprocess.PIPE, check=True).stdout


def spans_of(curves):
    """Of [(probabilities, samples)]: the spans of each."""
    data = b''.join(numpy.asarray([samples, len(curve)], '<i8').tobytes() + numpy.asarray(curve, '<f4').tobytes() for curve, samples in curves)
    lines = probe('spans', '-', data=data).decode().split('\n')[:-1]
    check(len(lines) == len(curves), f'{len(lines)} answers to {len(curves)} curves')
    numbers = [list(map(int, line.split())) for line in lines]
    return [list(zip(row[::2], row[1::2])) for row in numbers]


def published_spans(probabilities, samples):
    return [(span['start'], span['end']) for span in from_probs([float(p) for p in probabilities], audio_length_samples=samples)]


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def random_curve(random):
    """Stretches of one level with noise: more of what the rule turns on than white noise has."""
    levels = [random.choice([0.02, 0.2, 0.34, 0.36, 0.45, 0.49, 0.51, 0.7, 0.98]) for _ in range(random.randint(0, 40))]
    curve = [min(1.0, max(0.0, level + random.gauss(0, 0.02))) for level in levels for _ in range(random.randint(1, 12))]
    curve = numpy.asarray(curve, 'f4')
    missing = random.randint(0, 511) if len(curve) else 0
    return curve, len(curve) * 512 - missing


def check_spans():
    random = random_module.Random(20260731)
    found = 0
    curves = [random_curve(random) for _ in range(RANDOM_CURVES)]
    for k, ((curve, samples), ours) in enumerate(zip(curves, spans_of(curves))):
        theirs = published_spans(curve, samples)
        check(ours == theirs, f'curve {k}: {ours} where silero-vad finds {theirs}; {samples} samples, {curve.tolist()}')
        found += len(theirs)
    check(found > RANDOM_CURVES, 'the curves hold too little speech to say anything')
    return {'curves': RANDOM_CURVES, 'spans': found, 'different': 0}


def clips(folder):
    """(name, clip, whether speech is wanted)."""
    spoken = f'-f lavfi -i "flite=text={SPEECH}:voice=slt,adelay=800,apad=pad_dur=1.2"'
    picture = '-f lavfi -i testsrc2=s=64x48:r=25:d=2'
    recipes = {
        'plain.mkv': f'{picture} {spoken} -c:v mpeg4 -c:a pcm_s16le -ar 16000',
        'coded.mp4': f'{picture} {spoken} -c:v mpeg4 -c:a aac -ar 44100 -ac 2',
        'opus.mkv': f'{picture} {spoken} -c:v mpeg4 -c:a libopus -ar 48000',
        'phone.mkv': f'{picture} {spoken} -c:v mpeg4 -c:a pcm_mulaw -ar 8000',
        'tone.mkv': f'{picture} -f lavfi -i sine=frequency=440:duration=5 -c:v mpeg4 -c:a pcm_s16le -ar 16000',
        'silence.mkv': f'{picture} -f lavfi -i anullsrc=r=16000:d=4 -c:v mpeg4 -c:a pcm_s16le',
    }
    for name, recipe in recipes.items():
        subprocess.run(['ffmpeg', '-v', 'error', '-nostdin', '-y', *shlex.split(recipe), str(folder / name)], check=True)
        yield name, folder / name, name not in ('tone.mkv', 'silence.mkv')


def by_units(session, units):
    """Our units through the streaming model that the program converts, one at a time with the state that travels."""
    state = numpy.zeros((2, 1, 128), 'f4')
    probabilities = []
    for unit in units:
        output, state = session.run(None, {'input': unit[None], 'sr': numpy.array(16000, 'i8'), 'state': state})
        probabilities.append(float(output[0, 0]))
    return numpy.asarray(probabilities, 'f4')


def check_clips(folder):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(DATA / 'silero_vad_op18_ifless.onnx'), options, providers=['CPUExecutionProvider'])
    sequence = SileroVADSequence(DATA / 'silero_vad_16k_sequence.onnx')
    figures = {}
    for name, clip, speaks in clips(folder):
        samples = numpy.frombuffer(probe('samples', clip), '<f4')
        units = numpy.frombuffer(probe('units', clip), '<f4').reshape(-1, 576)
        check(len(units) == -(-len(samples) // 512), f'{name}: {len(units)} units of {len(samples)} samples')
        ours = by_units(session, units)
        theirs = sequence.audio_forward(samples)
        difference = float(numpy.abs(ours - theirs).max())
        check(difference <= 1e-4, f'{name}: probabilities differ by {difference}')
        [our_spans], their_spans = spans_of([(ours, len(samples))]), published_spans(theirs, len(samples))
        check(our_spans == their_spans, f'{name}: {our_spans} where silero-vad finds {their_spans}')
        check(bool(our_spans) == speaks, f'{name}: finds {our_spans}')
        figures[name] = {'windows': len(units), 'largest_difference': difference, 'spans_s': [[round(a / 16000, 3), round(b / 16000, 3)] for a, b in our_spans]}
    return figures


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROBE = sys.argv[1]
    try:
        import numpy
        import onnxruntime  # noqa: F401
        from_probs, SileroVADSequence, DATA = load_silero()
    except ImportError as missing:
        code = elsewhere()
        if code is None:
            leave_out(f'{missing}; see the head of this file for what it wants')
        sys.exit(code)
    with tempfile.TemporaryDirectory() as scratch:
        figures = {'rule': check_spans(), 'clips': check_clips(pathlib.Path(scratch))}
    print(json.dumps(figures, indent=1))
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_text(json.dumps(figures, indent=1) + '\n')
