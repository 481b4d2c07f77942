"""What a reviewer of a change has to know, gathered from git, journals and targets."""
