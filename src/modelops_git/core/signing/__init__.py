"""OpenSSF Model Signing v1.0 as values: statements, envelopes, public keys. No cryptography is done here."""
