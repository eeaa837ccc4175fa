"""Writes safetensors.json: a file put together from the published description of the format, and what it holds.

Obtained with Debian's python3-torch 1.13.1 and numpy:  python3 test/reference/make_safetensors.py
Eight bytes, little-endian, with the length of the header; the header, JSON padded with spaces; the bytes of the arrays.
Names are in another order than the bytes, and are not escaped. Halves are rounded by numpy (F16) and torch (BF16).
"""

import base64
import json
import pathlib
import struct

import numpy
import torch

floats = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6.1035e-05, 6e-08, -6e-08, float("inf"), float("-inf"), float("nan")]
brain = torch.tensor(floats, dtype=torch.float32).to(torch.bfloat16)
half = numpy.array(floats, dtype=numpy.float16)


def plain(values):
    return [x if x == x and abs(x) != float("inf") else str(x) for x in map(float, values)]


arrays = [
    ("double", "F64", [2, 3], struct.pack("<6d", *range(-3, 3)), range(-3, 3)),
    ("W_xh", "F32", [3, 2], struct.pack("<6f", 0.5, -0.25, 1e-40, 3e38, 0, 7), [0.5, -0.25, struct.unpack("<f", struct.pack("<f", 1e-40))[0], struct.unpack("<f", struct.pack("<f", 3e38))[0], 0, 7]),
    ("scalar", "F32", [], struct.pack("<f", -1.5), [-1.5]),
    ("empty", "F32", [0, 4], b"", []),
    ("__proto__", "I32", [2], struct.pack("<2i", -(2**31), 2**31 - 1), [-(2**31), 2**31 - 1]),
    ("half", "F16", [12], half.tobytes(), half),
    ("brain", "BF16", [3, 4], brain.view(torch.int16).numpy().tobytes(), brain),
    ("Gewichte für 100 % β\U0001f3b5\"", "U8", [5], bytes([0, 1, 127, 128, 255]), [0, 1, 127, 128, 255]),
]

header, data = {}, b""
for name, dtype, shape, content, _ in arrays:
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
    data += content
header = {"__metadata__": {"format": "pt", "__proto__": "größer"}, **dict(sorted(header.items(), reverse=True))}
text = json.dumps(header, ensure_ascii=False).encode()
text += b" " * (-len(text) % 8)

reference = {
    "file": base64.b64encode(struct.pack("<Q", len(text)) + text + data).decode(),
    "metadata": header["__metadata__"],
    "tensors": [{"name": n, "dtype": d, "shape": s, "values": plain(v)} for n, d, s, _, v in arrays],
}
path = pathlib.Path(__file__).with_name("safetensors.json")
path.write_text(json.dumps(reference, indent=1, ensure_ascii=False) + "\n")
