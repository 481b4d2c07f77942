"""A store in a bucket: `s3:` URIs, at Amazon or at any server that speaks S3."""
