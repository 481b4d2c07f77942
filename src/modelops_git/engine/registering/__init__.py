"""The parts of `engine.register`: from files, words and metadata to a manifest that passes its checks."""
