"""The operator's pages: runs, the questions of a run, and the editor of the golden set."""
