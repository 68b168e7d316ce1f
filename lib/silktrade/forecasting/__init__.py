"""Forecasts of one series: models, limits that have held, and what they missed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules={"accuracy", "models"})
