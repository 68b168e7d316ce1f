"""One function per figure: data in, Axes out, with a title that states what is found."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
