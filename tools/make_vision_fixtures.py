#!/usr/bin/env python3
"""Writes tests/fixtures/vision/*.txt: what OpenCV, scikit-image and NumPy say about planes.

Usage: tools/make_vision_fixtures.py --venv DIR [--data ../shared/data]

DIR is a virtual environment with the pinned packages below; it is made where it does not exist. The
C++ tests make the same planes again: synthetic ones are integer formulas (synthetic_plane here,
SyntheticPlane in src/vision/fixture_planes.h: keep the two alike), real ones are decoded by the ffmpeg
program from the clips in --data. Only numbers are written, never pixels. Without the clips,
real_pairs.txt is left as it is.
"""
import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

PINNED = ["numpy==2.2.6", "opencv-python-headless==4.11.0.86", "scikit-image==0.25.2"]
OUT = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "vision"

# Clip and frame numbers: neighbours inside a shot, across a hard cut, in a fade, and far apart. Only
# H.264 and VP8, whose standards leave a decoder no freedom: every ffmpeg gives the same samples.
REAL_PAIRS = [
    ("sintel_trailer_480p.mp4", [(150, 151), (180, 184), (60, 200)]),
    ("basketball_640.mp4", [(10, 11), (41, 42), (20, 150)]),
    ("wildlife_320.mp4", [(20, 21), (125, 126), (5, 200)]),
    ("oa4_launch.webm", [(30, 31), (73, 74), (10, 170)]),
    ("lebiniou_visualizer.mp4", [(50, 51), (90, 91)]),
    ("mdn_frog.mp4", [(12, 13), (100, 104)]),
    ("nasa_two_streams.mp4", [(40, 41), (100, 130)]),
    ("echo_kinetic_typography.webm", [(100, 101), (150, 155)]),
    ("composite_42_03.mp4", [(30, 31), (10, 120)]),
]
REAL_MAX_SIDE = 320

# width, height, then the two planes as kind:seed:dx:dy:noise.
PAIRS = [
    (320, 180, "texture:1:0:0:3", "texture:1:2:1:3"),
    (320, 180, "texture:1:0:0:3", "texture:1:-9:6:3"),
    (320, 180, "texture:2:0:0:0", "texture:3:0:0:0"),
    (317, 179, "texture:4:0:0:8", "texture:4:5:0:8"),
    (512, 288, "texture:5:0:0:2", "texture:5:1:1:2"),
    (511, 287, "blocks:6:0:0:4", "blocks:6:3:2:4"),
    (256, 144, "blocks:7:0:0:1", "blocks:8:0:0:1"),
    (200, 333, "texture:9:0:0:0", "texture:9:40:25:0"),
    (129, 65, "noise:10:0:0:0", "noise:11:0:0:0"),
    (64, 64, "texture:12:0:0:30", "texture:12:1:0:30"),
    (65, 127, "gradient:0:0:0:0", "gradient:0:7:0:0"),
    (65, 127, "gradient:0:0:0:6", "gradient:0:7:0:6"),
    (96, 80, "flat:16:0:0:0", "flat:235:0:0:0"),
    (96, 80, "flat:77:0:0:0", "flat:77:0:0:0"),
    (96, 80, "flat:77:0:0:0", "texture:13:0:0:2"),
    (96, 80, "texture:13:0:0:2", "flat:77:0:0:0"),
    (63, 63, "texture:14:0:0:1", "texture:14:1:1:1"),
    (33, 31, "texture:15:0:0:2", "texture:15:1:2:2"),
    (17, 40, "texture:16:0:0:2", "texture:16:1:0:2"),
    (10, 10, "texture:17:0:0:2", "texture:17:1:0:2"),
    (9, 7, "texture:18:0:0:2", "texture:18:1:0:2"),
    (7, 7, "noise:19:0:0:0", "noise:20:0:0:0"),
    (6, 9, "noise:21:0:0:0", "noise:22:0:0:0"),
    (5, 5, "texture:23:0:0:9", "texture:23:1:0:9"),
    (4, 8, "noise:24:0:0:0", "noise:25:0:0:0"),
    (3, 3, "noise:26:0:0:0", "noise:27:0:0:0"),
]

# width, height, plane, target width, target height.
AREAS = [
    (1280, 720, "texture:1:0:0:20", 512, 288),
    (1280, 720, "noise:2:0:0:0", 320, 180),
    (1279, 719, "noise:3:0:0:0", 511, 287),
    (854, 480, "blocks:4:0:0:9", 512, 288),
    (404, 720, "texture:5:0:0:20", 180, 320),
    (640, 360, "noise:6:0:0:0", 384, 216),
    (100, 7, "noise:7:0:0:0", 99, 3),
    (37, 41, "noise:8:0:0:0", 36, 40),
    (37, 41, "noise:8:0:0:0", 1, 1),
    (5, 3, "noise:9:0:0:0", 3, 3),
    (300, 1, "noise:10:0:0:0", 7, 1),
]

# width, height, chroma shifts, full range, BT.709, seed.
COLOURS = [
    (64, 48, 1, 1, 0, 0, 1),
    (63, 47, 1, 1, 0, 1, 2),
    (65, 33, 1, 0, 0, 1, 3),
    (31, 29, 0, 0, 1, 0, 4),
    (33, 31, 2, 0, 1, 1, 5),
    (40, 37, 2, 2, 0, 0, 6),
    (1, 1, 1, 1, 0, 0, 7),
    (1100, 5, 1, 1, 0, 1, 8),
    (1157, 4, 0, 1, 1, 0, 9),
]


def reenter(venv_dir):
    """Runs this script again with the pinned packages, unless it is already run so."""
    python = Path(venv_dir).absolute() / "bin" / "python"
    if not python.exists():
        venv.create(venv_dir, with_pip=True)
    if Path(sys.prefix) != Path(venv_dir).absolute():
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PINNED], check=True)
        os.execv(python, [str(python), *sys.argv])


def lattice_hash(x, y, seed):
    """A 32-bit hash of a lattice point; every step modulo 2^32."""
    import numpy as np

    u = np.uint32
    n = x.astype(u) * u(374761393) + y.astype(u) * u(668265263) + u(seed * 2246822519 & 0xFFFFFFFF)
    n = (n ^ (n >> u(13))) * u(1274126177)
    return n ^ (n >> u(16))


def value_noise(x, y, seed, bits):
    """Hashed lattice of cells 2^bits wide, bilinear between the corners, 0..255."""
    import numpy as np

    cell = np.int64(1) << bits
    cx, cy, fx, fy = x >> bits, y >> bits, x & (cell - 1), y & (cell - 1)
    corner = lambda ox, oy: (lattice_hash(cx + ox, cy + oy, seed) >> np.uint32(24)).astype(np.int64)
    top = corner(0, 0) * (cell - fx) + corner(1, 0) * fx
    bottom = corner(0, 1) * (cell - fx) + corner(1, 1) * fx
    return (top * (cell - fy) + bottom * fy) >> (2 * bits)


def synthetic_plane(width, height, spec):
    """The plane of 'kind:seed:dx:dy:noise'; noise is +- that many levels and does not move with dx, dy."""
    import numpy as np

    kind, *numbers = spec.split(":")
    seed, dx, dy, noise = map(int, numbers)
    row, column = np.mgrid[0:height, 0:width].astype(np.int64)
    x, y = column - dx + 1024, row - dy + 1024
    if kind == "flat":
        plane = np.full((height, width), seed, np.int64)
    elif kind == "gradient":
        plane = ((column + dx) * 255 // max(width - 1, 1)) & 255
    elif kind == "noise":
        plane = (lattice_hash(x, y, seed) >> np.uint32(24)).astype(np.int64)
    elif kind == "blocks":
        plane = (lattice_hash(x // 13, y // 9, seed) >> np.uint32(24)).astype(np.int64)
    elif kind == "texture":
        plane = (3 * value_noise(x, y, seed, 5) + value_noise(x, y, seed + 1, 3)) // 4
    else:
        raise ValueError(kind)
    if noise > 0:
        grain = (lattice_hash(column, row, 9000 + seed + dx) >> np.uint32(8)).astype(np.int64)
        plane = plane + grain % (2 * noise + 1) - noise
    return np.clip(plane, 0, 255).astype(np.uint8)


def signals(a, b):
    """hist_l1, ssim with the range of b, ssim with 255, flow mean; nan where the oracle has no answer."""
    import cv2
    import numpy as np
    from skimage.metrics import structural_similarity

    histograms = [cv2.calcHist([p], [0], None, [32], [0, 256]).astype(np.float64) for p in (a, b)]
    hist = np.abs(histograms[0] / histograms[0].sum() - histograms[1] / histograms[1].sum()).sum()
    side = min(a.shape)
    window = min(7, side - (side + 1) % 2)
    spread = float(int(b.max()) - int(b.min())) or 1.0
    ssim = [structural_similarity(a, b, win_size=window, data_range=r) for r in (spread, 255.0)]
    flow = float("nan")
    # Under 10 px OpenCV's test for its border weights wraps around (unsigned width - 10) and skips them.
    if side >= 10:
        field = cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, 15, 3, 5, 1.2, 0).astype(np.float64)
        flow = np.hypot(field[..., 0], field[..., 1]).mean()
    return [hist, *ssim, flow]


def pair_lines():
    for width, height, a, b in PAIRS:
        values = signals(synthetic_plane(width, height, a), synthetic_plane(width, height, b))
        yield " ".join([str(width), str(height), a, b, *(f"{v:.9g}" for v in values)])


def area_lines():
    import cv2

    for width, height, spec, to_width, to_height in AREAS:
        plane = synthetic_plane(width, height, spec)
        small = cv2.resize(plane, (to_width, to_height), interpolation=cv2.INTER_AREA).ravel()
        count = min(small.size, 40)
        samples = [str(small[i * small.size // count]) for i in range(count)]
        yield " ".join([str(width), str(height), spec, str(to_width), str(to_height), str(count), *samples])


def colour_lines():
    import numpy as np

    for width, height, shift_x, shift_y, full, bt709, seed in COLOURS:
        chroma = (-(-width // (1 << shift_x)), -(-height // (1 << shift_y)))
        luma = synthetic_plane(width, height, f"texture:{seed}:0:0:40").astype(np.float64)
        cb = synthetic_plane(*chroma, f"texture:{seed + 100}:0:0:9").astype(np.float64)
        cr = synthetic_plane(*chroma, f"noise:{seed + 200}:0:0:0").astype(np.float64)
        rows, columns = np.mgrid[0:height, 0:width]
        cb, cr = (p[rows >> shift_y, columns >> shift_x] - 128 for p in (cb, cr))
        if not full:
            luma, cb, cr = (luma - 16) * 255 / 219, cb * 255 / 224, cr * 255 / 224
        kr, kb = (0.2126, 0.0722) if bt709 else (0.299, 0.114)
        red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
        green = (luma - kr * red - kb * blue) / (1 - kr - kb)
        rgb = np.clip(np.floor(np.stack([red, green, blue]) + 0.5), 0, 255)
        counts = np.histogram(rgb.max(axis=0), bins=32, range=(0, 256))[0]
        fields = [width, height, shift_x, shift_y, full, bt709, seed, *counts]
        yield " ".join(map(str, fields))


def gray_lines():
    """Frames of little chroma: OpenCV's gray of their RGB, BT.601, at 40 places."""
    import cv2
    import numpy as np

    for width, height, full, seed in [(64, 48, 0, 1), (63, 47, 1, 2)]:
        y = synthetic_plane(width, height, f"texture:{seed}:0:0:10").astype(np.float64)
        y = np.floor(48 + y * 0.5)
        cb, cr = (synthetic_plane(width, height, f"texture:{seed + k}:0:0:0").astype(np.float64) for k in (100, 200))
        cb, cr = np.floor(cb / 8) - 16, np.floor(cr / 8) - 16
        if not full:
            y, cb, cr = (y - 16) * 255 / 219, cb * 255 / 224, cr * 255 / 224
        red, blue = y + 1.402 * cr, y + 1.772 * cb
        green = (y - 0.299 * red - 0.114 * blue) / 0.587
        rgb = np.stack([red, green, blue], axis=-1)
        assert rgb.min() >= 0 and rgb.max() <= 255
        gray = cv2.cvtColor(np.floor(rgb + 0.5).astype(np.uint8), cv2.COLOR_RGB2GRAY).ravel()
        samples = [gray[i * gray.size // 40] for i in range(40)]
        yield " ".join(map(str, [width, height, full, seed, 40, *samples]))


def box_shrink(plane, factor):
    """Mean of factor x factor samples, rounded half up; what does not fill a box is left out."""
    height, width = plane.shape[0] // factor, plane.shape[1] // factor
    boxes = plane[: height * factor, : width * factor].astype("int64").reshape(height, factor, width, factor)
    return ((boxes.sum(axis=(1, 3)) + factor * factor // 2) // (factor * factor)).astype("uint8")


def luma_pair(clip, size, first, second):
    import numpy as np

    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", clip, "-map", "0:v:0",
               "-vf", f"select='eq(n,{first})+eq(n,{second})',extractplanes=y", "-fps_mode", "passthrough",
               "-frames:v", "2", "-f", "rawvideo", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    width, height = size
    assert len(raw) == 2 * width * height, (clip, len(raw))
    factor = -(-max(width, height) // REAL_MAX_SIDE)
    return factor, [box_shrink(p, factor) for p in np.frombuffer(raw, np.uint8).reshape(2, height, width)]


def real_lines(data):
    for name, pairs in REAL_PAIRS:
        clip = str(data / "clips" / name)
        probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height",
                 "-of", "csv=p=0", clip]
        size = tuple(map(int, subprocess.run(probe, check=True, capture_output=True, text=True).stdout.split(",")[:2]))
        for first, second in pairs:
            factor, (a, b) = luma_pair(clip, size, first, second)
            fields = [name, *size, factor, first, second]
            yield " ".join([*map(str, fields), *(f"{v:.9g}" for v in signals(a, b))])


def write(name, columns, lines):
    import cv2
    import numpy
    import skimage

    versions = (f"Python {sys.version.split()[0]}, numpy {numpy.__version__}, opencv {cv2.__version__}, "
                f"scikit-image {skimage.__version__}")
    header = [f"# Made by tools/make_vision_fixtures.py with {versions}.", f"# {columns}"]
    text = "\n".join([*header, *lines]) + "\n"
    (OUT / name).write_text(text)
    print(f"{OUT / name}: {len(text)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", required=True, help="virtual environment to use, made where missing")
    parser.add_argument("--data", type=Path, default=OUT.parents[3] / "shared" / "data", help="folder with clips/")
    options = parser.parse_args()
    reenter(options.venv)
    OUT.mkdir(parents=True, exist_ok=True)
    write("pairs.txt", "width height plane_a plane_b hist_l1 ssim_range_of_b ssim_255 flow_mean", pair_lines())
    write("area.txt", "width height plane to_width to_height count sample[i * size / count]...", area_lines())
    write("value.txt", "width height shift_x shift_y full_range bt709 seed 32 bin counts", colour_lines())
    write("gray.txt", "width height full_range seed count sample[i * size / count]...", gray_lines())
    if not (options.data / "clips").is_dir():
        print(f"{options.data}/clips: not found, real_pairs.txt left as it is")
        return
    write("real_pairs.txt", "clip width height box frame_a frame_b hist_l1 ssim_range_of_b ssim_255 flow_mean",
          real_lines(options.data))


if __name__ == "__main__":
    main()
