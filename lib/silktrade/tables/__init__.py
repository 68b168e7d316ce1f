"""One function per table: frame in, Styler out, with a caption that names measure and unit."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
