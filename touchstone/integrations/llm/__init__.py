"""A language model behind an OpenAI-compatible interface. Optional; it never decides."""
