"""Reads what offices write: Word files, workbooks and csv; says of older formats how to save them."""
