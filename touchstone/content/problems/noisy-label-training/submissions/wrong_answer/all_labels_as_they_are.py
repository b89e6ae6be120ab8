"""Trains on all labels as they are."""

import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier

FEATURES = ["wait", "turns", "mood", "transfers", "repeats", "amount", "hour", "past"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
model = GradientBoostingClassifier(random_state=1).fit(train[FEATURES], train["complaint"])
test["complaint"] = model.predict(test[FEATURES])
test[["id", "complaint"]].to_csv("predictions.csv", index=False)
