"""One hiring round of the demo company, run through the services that everybody uses.

`founding` makes the company, `before` profile and screening, `assessing` the assessments,
`meeting` the interviews, `after` reports, decisions, pool and outcomes; `play` runs them in order.
"""
