"""The version of the package, for what is written into records, weights and the ledger of a run."""

__version__ = "0.1.0"
