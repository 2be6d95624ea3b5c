"""A local workspace that speaks Slack's own protocols, to try, test and trouble the bot without Slack."""
