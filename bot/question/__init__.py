"""Understanding a question: what it asks, of which documents, and in which words it is searched."""
