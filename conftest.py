"""What examples in docstrings use without importing it: the library, as notebooks call it."""

import pytest

import silktrade


@pytest.fixture(autouse=True)
def _as_in_notebooks(doctest_namespace: dict[str, object]) -> None:
    """Let examples say `st`, beside the `pd` and `np` of their module."""
    doctest_namespace["st"] = silktrade
