"""Questions instead of surveys: marketing asks once, answers become insights, and those who answered hear."""
