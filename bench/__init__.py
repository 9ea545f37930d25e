"""Figures and ratios against named baselines, all taken in one run on one machine."""
