"""Models in other programs, reached over HTTP: the rules that every client of theirs keeps."""
