"""What recurs on the pages of one site: counted over many pages, kept as a profile, weighed on a page.

``fingerprint`` turns paragraphs into hashes, ``key`` names a page's site, ``learn`` counts in bounded memory,
``profile`` is what comes of it (readable JSON, mergeable), ``profiles`` a folder of them, ``evidence`` what it says on
one page.
"""
