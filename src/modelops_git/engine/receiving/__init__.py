"""What a server takes of a push, where the server is plain git."""
