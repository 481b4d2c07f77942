"""The git repository is the model registry: versions and rollouts of models are reviewed manifests."""

__version__ = "0.1.0"
