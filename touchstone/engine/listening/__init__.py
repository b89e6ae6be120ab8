"""What was said in a talk: segments by time, subtitle files, key points that may be heard."""
