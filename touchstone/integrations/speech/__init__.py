"""Speech to text behind an OpenAI-compatible interface. Optional; a person may type or upload."""
