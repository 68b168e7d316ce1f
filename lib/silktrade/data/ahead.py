"""Parse the newest vintages, which processes that are forked from one that did so find parsed."""

from silktrade.data import snapshots

snapshots.parse_newest()
