"""Mail: messages with calendar parts, handed to an SMTP server."""
