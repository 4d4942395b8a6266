"""Windows to train the reading network on, as it reads them when it serves.

`libraries` groups the documents of the training sources with questions on them, `asking` asks a
library by the service's own search and keeps what the network would read: the window with the
answer, and windows without it. `building` does so until every source has its share; `kept` is the
file of all windows, from which training draws.
"""
