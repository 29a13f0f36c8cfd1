"""Weights of one's own: `cleaner train`. Needs the extra ``train``.

labelled pages --pages--> those whose article text stands on them, a dev part, examples (HTML and plain text)
               --start--> the network of a weights file, ready to go on
               --tune---> trained gently, the best pass on dev kept
               --run----> calibrated, measured before and after (figures), written whole or not at all
"""
