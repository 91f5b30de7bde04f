"""The baselines, a function each, over frames as a Python pipeline has them: RGB arrays, one thread.

The parts (hard, soft, motion) are our own Python version of docs/requirements.md, "Signals" and "Seed rule", written as such a
pipeline is: OpenCV and scikit-image calls per frame pair, NumPy around them.
"""
import cv2
import numpy as np
from skimage.metrics import structural_similarity

cv2.setNumThreads(1)
FARNEBACK = dict(pyr_scale=.5, levels=3, winsize=15, iterations=3, poly_n=5, poly_sigma=1.2, flags=0)
SSIM_MAX_SIDE, FLOW_MAX_SIDE = 512, 320


def value_histogram(rgb):
    """V of HSV, 32 bins over [0, 256), as a share of the pixels."""
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist([hsv], [2], None, [32], [0, 256])[:, 0]
    return counts / counts.sum()


def histograms(frames):
    made = [value_histogram(rgb) for rgb in frames]
    return [float(np.abs(a - b).sum()) for a, b in zip(made, made[1:])]


def ssims(planes):
    return [structural_similarity(a, b, data_range=(int(b.max()) - int(b.min())) or 1) for a, b in zip(planes, planes[1:])]


def flows(planes):
    values = []
    for a, b in zip(planes, planes[1:]):
        flow = cv2.calcOpticalFlowFarneback(a, b, None, **FARNEBACK)
        values.append(float(np.hypot(flow[..., 0], flow[..., 1]).mean()))
    return values


def fit(gray, max_side):
    height, width = gray.shape
    scale = max_side / max(height, width)
    if scale >= 1:
        return gray
    return cv2.resize(gray, (max(3, round(width * scale)), max(3, round(height * scale))), interpolation=cv2.INTER_AREA)


def threshold(values, k):
    return np.median(values) + k * np.std(values)


def hard(frames):
    """Three signals per pair and the seed's rule over them."""
    gray = [cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY) for rgb in frames]
    hist = np.array(histograms(frames))
    drop = 1 - np.array(ssims([fit(g, SSIM_MAX_SIDE) for g in gray]))
    flow = np.array(flows([fit(g, FLOW_MAX_SIDE) for g in gray]))
    score = sum((signal > threshold(signal, k)).astype(int) for signal, k in ((hist, 2), (drop, 1.5), (flow, 2)))
    kept = []
    for position in np.flatnonzero(score >= 2) + 1:
        if not kept or position - kept[-1] > 5:
            kept.append(int(position))
    return list(drop), kept


def soft(frames):
    """Mean V and Lab L per frame, the histogram's distance and the flow per pair; fades and dissolves by the seed's windows."""
    v = np.array([cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[..., 2].mean() for rgb in frames]) / 255
    lab = np.array([cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[..., 0].mean() for rgb in frames]) / 255
    hist = np.array(histograms(frames))
    flow = flows([fit(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), FLOW_MAX_SIDE) for rgb in frames])
    step = np.diff((v + lab) / 2)
    kernel = min(5, len(step) - (len(step) + 1) % 2)
    smooth = np.convolve(step, np.ones(kernel) / kernel, mode='same')
    fading = np.flatnonzero(np.abs(smooth) > .02)
    window = 10
    spread = [hist[max(0, i - window):i + window].var() for i in range(len(hist))]
    return list(hist), flow, [int(i) for i in fading] + [int(np.argmax(spread))]


def motion(frames):
    """Dense flow, its direction and its spread per pair; events above the 95th percentile."""
    planes = [fit(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), FLOW_MAX_SIDE) for rgb in frames]
    magnitude, consistency, variance = [], [], []
    for a, b in zip(planes, planes[1:]):
        flow = cv2.calcOpticalFlowFarneback(a, b, None, **FARNEBACK)
        length, angle = cv2.cartToPolar(flow[..., 0], flow[..., 1])
        magnitude.append(float(length.mean()))
        variance.append(float(length.var()))
        consistency.append(float(np.hypot(np.cos(angle).mean(), np.sin(angle).mean())))
    events = np.flatnonzero(np.array(magnitude) > np.percentile(magnitude, 95))
    return magnitude, [int(i) for i in events]
