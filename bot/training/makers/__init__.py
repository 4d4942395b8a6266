"""Makes questions with known spans from documents, without a model.

For training the reading network, and for benches. One kind of question a module, each a function
from a document to `Made`; `making` runs them all, `swaps` asks the same of what the document does
not tell, `sources` says which documents may be asked.
"""
