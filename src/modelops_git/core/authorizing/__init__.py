"""Who may do what: from a change to the actions in it, the rules about them, and who approved."""
