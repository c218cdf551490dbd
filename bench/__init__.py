"""The benchmark: what it measures, against what limit, how to run it. See `bench/README.md`."""
