"""What people write: the seven kinds of manifest, and the YAML they are written in."""
