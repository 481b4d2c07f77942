"""What is true: pure, without clock, network, file system or subprocess."""
