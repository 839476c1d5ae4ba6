//! Whole-system tests stand in `tests/`; `tests/run` installs what they need and runs everything.
