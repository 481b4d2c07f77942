"""git as a user has it: reading trees, writing commits, the journal branch."""
