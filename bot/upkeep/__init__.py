"""What keeps Frontline from working: found, told once to those who can mend it, shown in their home tabs."""
