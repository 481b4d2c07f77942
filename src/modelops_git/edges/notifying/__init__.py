"""Messages to webhooks."""
