"""What programs reach over HTTP: answers, passages, feedback, OpenAI's form of it, and MCP."""
