"""Slack's edge: parse, call one use case, answer."""
