"""Separates a rater's severity from the candidate's ability.

`ratings` holds the types, `connectedness` asks whether raters can be compared at all,
`mixed_model` fits, `calibrate` puts it together, `agreement` has the published coefficients,
`notes` speaks to one rater, `design` advises who should sit together, `document` writes it down.
"""
