"""Gold pages -> weights. Needs the extra ``train``; never imported when pages are cleaned.

corpora --renderings--> texts other programs make of each page
        --dataset-----> labelled examples (HTML and plain text)
        --train-------> network, checkpoint chosen on dev
        --calibrate---> slope, offset, thresholds, from dev
        --names-------> the head that names kinds
        --save--------> cleaner/weights/default.npz
"""
