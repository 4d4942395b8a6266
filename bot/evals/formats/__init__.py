"""The layouts in which question sets, judgements and rankings come."""
