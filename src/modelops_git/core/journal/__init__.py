"""The record of what was done: entries, their chain, and the state folded from them."""
