"""What the program keeps in SQLite and JSON files under CHENGWEN_HOME."""
