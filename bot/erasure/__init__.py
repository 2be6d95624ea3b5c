"""Erasing on demand and by lifetime: an insight, a person, what is older than a bridge keeps."""
