"""Notifications: who is told of what, when it is due, and in which words."""
