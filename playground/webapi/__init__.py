"""Slack's Web API as this workspace answers it: one module a family of methods."""
