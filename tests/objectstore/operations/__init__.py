"""What the fake does for each operation of S3 that it knows."""
