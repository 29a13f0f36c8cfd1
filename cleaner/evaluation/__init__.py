"""Measure this cleaner, and any peer that is installed, on pages whose article text is known.

The flow: ``gold`` reads labelled pages -> ``peers`` runs a system on each -> ``metrics`` compares two texts ->
``evaluate`` sums up per corpus, split, page type and language. ``gate`` holds the figures against floors that may only
rise (``python -m cleaner.evaluation.gate``); ``bench`` measures speed (``python -m cleaner.evaluation.bench``).

Nothing here is imported when a page is cleaned.
"""
