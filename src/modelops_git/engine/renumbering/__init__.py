"""The parts of `engine.renumber`: whose version is whose, what names it, and where its bytes lie."""
