"""Two servers of S3 for tests: a real one (`seaweed`), and a strict one that fails when it is told to.

Neither is a mock of the client: whatever speaks S3 can be pointed at them. The fake is held to the real one
by tests/services/test_s3_servers.py; what each honours is in docs/reference/s3-servers.md.
"""
