"""Grading what people wrote: by rubric key points, with the words that carry each point.

`rubrics` reads RUBRIC.yaml, `grade` scores one answer, `communication` and `learning` say what was
done and how much was the person's own words, `claims` analyses project cases.
"""
