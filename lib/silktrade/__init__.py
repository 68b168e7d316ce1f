"""
silktrade: China's trade with Central Asia, from customs figures to projections.

The public names stand in `__init__.pyi`, by subject. Each is loaded from its module when it is
first used, so that the command line starts at once and a notebook waits only for what it calls.

Examples
--------
>>> import silktrade as st
>>> trade = st.load_trade(frequency="Y", currency="USD", partners="KAZ")
>>> st.growth(trade).query("flow == 'export'").set_index("period")["growth"]["2024"].round(2).item()
0.13
"""

import sys

import lazy_loader

if "IPython" in sys.modules:
    from silktrade import refusals

    refusals.quieten(sys.modules["IPython"].get_ipython())

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
