"""Compiled reports for a period, on a schedule."""
