"""The demo company: people, resumes, answers and scores made from a seed."""
