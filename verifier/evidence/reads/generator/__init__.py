"""The parts of the generator; `generate.py` runs them."""
