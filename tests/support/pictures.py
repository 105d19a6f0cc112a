"""What a picture in a page shows."""

import base64
import io

import numpy as np
from PIL import Image


def opacity(address):
    """A picture's opacity, 0..1."""
    packed = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(packed)).convert("RGBA"))[:, :, 3] / 255
