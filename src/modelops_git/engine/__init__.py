"""What happens: one module a verb."""
