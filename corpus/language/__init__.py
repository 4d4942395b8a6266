"""Chinese text: its normal form, its words, its sentences. The only room that knows jieba and OpenCC."""
