"""A trap's script in another size, rate, codec and noise. Movement stays the same on the screen and in time.

What a script says in pixels goes with the size, in frames with the rate: half a second stays half a second. Shots of one or two
frames stay what they are.
"""
import dataclasses
import fractions
import itertools
import math
import re

SIZES = (1, 2, 3)
RATES = (fractions.Fraction(3, 5), fractions.Fraction(1), fractions.Fraction(2))
CODECS = {'x264 crf 18': 'libx264 crf=18', 'x264 crf 26': 'libx264 crf=26', 'x264 crf 35': 'libx264 crf=35',
          'mpeg2': 'mpeg2video', 'vp9': 'libvpx-vp9 crf=32'}
NOISES = (0, 10)      # standard deviation in luma codes, at least; 0: as the script says
FEWEST_SCALED = 3     # frames; fewer are meant as such
PLAIN_NOISE = 2       # of a shot whose script says nothing


@dataclasses.dataclass(frozen=True)
class Variant:
    size: int
    rate: fractions.Fraction
    codec: str
    noise: int

    def labels(self):
        """What figures are pooled by."""
        return (f'size x{self.size}', f'rate x{float(self.rate):g}', self.codec, f'noise {self.noise or "as written"}')

    def __str__(self):
        return ', '.join(self.labels())


def all_variants():
    return [Variant(*values) for values in itertools.product(SIZES, RATES, CODECS, NOISES)]


def pair(text, factor):
    return ','.join(f'{float(value) * float(factor):g}' for value in text.split(','))


def setting(word, name, text, v):
    """The value of `name=text` on a line that begins with `word`."""
    joins = ('dissolve', 'fade', 'wipe')
    if name in ('frames', 'at', 'hold') and word != 'shot' or name == 'frames':
        frames = int(text)
        scaled = frames * v.rate
        if name == 'frames' and frames < FEWEST_SCALED:
            return text
        # Rounded so that a trap that fits its shot still does.
        return str(max(0 if name == 'at' else 1, math.ceil(scaled) if word in ('shot', *joins) else math.floor(scaled)))
    if name == 'pan':
        return pair(text, v.size / v.rate)
    if name == 'turn':
        return pair(text, 1 / v.rate)
    if name in ('by', 'shake', 'radius') and word != 'crash_zoom':
        return pair(text, v.size)
    if name == 'zoom':
        return f'{float(text) ** float(1 / v.rate):.6f}'
    if name == 'hold':
        return f'{max(1, float(text) * float(v.rate)):.6f}'
    if name == 'fade':
        return f'{float(text) * float(v.rate):g}'
    if name == 'noise':
        return f'{max(float(text), v.noise):g}'
    return text


def scaled_line(line, v):
    words = line.partition('#')[0].split()
    if not words:
        return line
    if words[0] == 'size':
        return 'size ' + 'x'.join(str(int(side) * v.size) for side in words[1].split('x'))
    if words[0] == 'fps':
        fps = fractions.Fraction(words[1]) * v.rate
        return f'fps {fps.numerator}/{fps.denominator}'
    if words[0] == 'codec':
        gop = re.search(r'gop=(\d+)', line)
        return f'codec {CODECS[v.codec]}' + (f' gop={gop.group(1)}' if gop else '')
    if words[0] == 'shot' and v.noise and 'noise=' not in line:
        words.append(f'noise={max(PLAIN_NOISE, v.noise)}')
    settings = [word.partition('=') for word in words]
    return ' '.join(name + mark + setting(words[0], name, value, v) if mark else name for name, mark, value in settings)


def rewrite(script, variant):
    return '\n'.join(scaled_line(line, variant) for line in script.splitlines()) + '\n'
