"""How fast is it? ``make bench`` measures, docs/benchmarks.md says what and how."""
