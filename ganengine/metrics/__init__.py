"""How good the made images are, compared with the real ones.

`measures` holds the metrics, one a file; each compares features of real and of made images. `extractors` holds what
computes these features. `Evaluator` joins the two for one data set.
"""
