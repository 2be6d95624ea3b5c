"""The figures that the documentation quotes, each beside a baseline measured in the same run."""
