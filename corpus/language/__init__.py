"""Chinese text: its normal form, its words, its sentences.

Only this package imports jieba and OpenCC.
"""
