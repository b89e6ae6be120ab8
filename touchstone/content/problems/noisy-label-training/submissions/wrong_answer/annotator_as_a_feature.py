"""Learns each annotator's habits as features, which the test set does not have."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier

FEATURES = ["wait", "turns", "mood", "transfers", "repeats", "amount", "hour", "past"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
people = pd.get_dummies(train["annotator"])
x = pd.concat([train[FEATURES], people], axis=1)
model = RandomForestClassifier(200, random_state=1).fit(x, train["complaint"])
shown = pd.concat([test[FEATURES], pd.DataFrame(0, test.index, people.columns)], axis=1)
test["complaint"] = model.predict(shown)
test[["id", "complaint"]].to_csv("predictions.csv", index=False)
