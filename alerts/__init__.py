"""Exportwatch: alerts on trade measures that touch what a factory buys.

The package is laid out as its architecture: see ``CONTRIBUTING.md`` for the map of
the rooms and ``docs/explanation/architecture.md`` for the picture.
"""

__version__ = "0.1.0"
