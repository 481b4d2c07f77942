"""Those who sign and check signatures: EC keys here, certificates of sigstore in `keyless`."""
