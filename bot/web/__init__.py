"""The doors over HTTP: the chat page, the API, and the guard around both."""
