"""Clips that real files and public bug reports are made of, made with the ffmpeg CLI."""
import json
import struct
import subprocess

import harness

# Four shots of 50 frames at 25 fps without B-frames: cuts at 50, 100 and 150.
SHOTS = ('-f lavfi -i testsrc2=s={size}:r={rate} -f lavfi -i mandelbrot=s={size}:r={rate}:start_scale=2 '
         '-f lavfi -i smptehdbars=s={size}:r={rate} -f lavfi -i rgbtestsrc=s={size}:r={rate} '
         '-filter_complex [0]trim=end_frame={n},setsar=1[a];[1]trim=end_frame={n},setsar=1[b];[2]trim=end_frame={n},setsar=1[c];'
         '[3]trim=end_frame={n},setsar=1[d];[a][b][c][d]concat=n=4:v=1,format=yuv420p,setpts=N/({rate})/TB ')


def shots(work, name, rate='25', size='320x180', frames=50, codec='-c:v libx264 -preset veryfast -bf 0 -threads 1', extra=''):
    """Four shots of `frames` frames each at the rate (text: "30000/1001"): cuts at `frames`, 2 and 3 times that."""
    recipe = SHOTS.format(size=size, rate=rate, n=frames) + f'-r {rate} {codec} {extra}'
    harness.ffmpeg([*recipe.split(), name], work)
    return work / name


def remux(work, source, name, *arguments, before=()):
    """`source` copied into `name`, with bitstream filters or other arguments; `before` stand before the input."""
    harness.ffmpeg([*before, '-i', source, '-c', 'copy', *arguments, name], work)
    return work / name


def turn_clockwise(work, source, name):
    """The MP4 `source` copied into `name`, shown turned by 90 degrees. The options of ffmpeg that do this are not those of every
    version."""
    data = bytearray((work / source).read_bytes())
    # After the name of the track header: version and flags, 3 times and the track's number, 8 bytes, 4 numbers of 2 bytes; then
    # rows of a matrix in units of 1/65536: cos, sin, 0, -sin, cos, 0.
    struct.pack_into('>6i', data, data.index(b'tkhd') + 44, 0, 65536, 0, -65536, 0, 0)
    (work / name).write_bytes(data)
    return work / name


def frame_times(path):
    """What ffprobe says of every frame's time, seconds."""
    done = subprocess.run(['ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp_time',
                           '-of', 'json', str(path)], capture_output=True, text=True, check=True)
    return [float(frame['best_effort_timestamp_time']) for frame in json.loads(done.stdout)['frames']]
