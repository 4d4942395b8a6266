"""The operator's pages of the workbench: runs, questions of a run, and the editor of the golden set."""
