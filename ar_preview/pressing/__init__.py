"""Hair that stands out beside a hat is pressed down: the picture behind the layer gives way."""

from ar_preview.pressing.press import HatPress

__all__ = ["HatPress"]
