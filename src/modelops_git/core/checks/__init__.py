"""The checks: each finds one defect, and has a code for ever."""
