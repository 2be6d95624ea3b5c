"""Values to Block Kit; pure, no input or output."""
