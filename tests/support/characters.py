"""A tokenizer whose tokens are characters, so that a window can be read back."""

from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from corpus.language.text import fold


def character_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """A token for each character of the texts, folded; the others are <unk>."""
    letters = {letter for text in texts for letter in fold(text)} | set("query: 多少日内吗里要办")
    vocabulary = {name: number for number, name in enumerate(("<s>", "<pad>", "</s>", "<unk>"))}
    vocabulary |= {letter: 4 + number for number, letter in enumerate(sorted(letters))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return tokenizer


def text_of(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """The characters of the tokens, the marks of a window between them."""
    return "".join(str(tokenizer.id_to_token(number)) for number in ids)
