"""How often intervals hold the truth: a simulation, run by hand, its table kept in docs/coverage.md."""
