"""The hand-made word lists of ``tables/kinds``, read once: what a class word or a phrase says of a paragraph's kind.

The features hand them to the network as signs among others; the weak labels of training are made from them.
"""
