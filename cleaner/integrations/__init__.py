"""Cleaning inside what people use already: each module is a thin adapter over :func:`cleaner.clean_batch`.

``ray``, ``spark``, ``datatrove``, ``datasets`` (Hugging Face), ``tables`` (pandas, polars), ``spacy`` and ``scrapy``:
each needs the extra of its name (``pandas`` and ``polars`` for tables), and nothing else of this package imports them.
"""

from __future__ import annotations
