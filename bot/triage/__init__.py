"""Triage: what marketing does about insights, and who learns of it."""
