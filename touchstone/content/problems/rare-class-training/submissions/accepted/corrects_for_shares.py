"""Corrects a forest's probabilities for the share of each class in training."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
model = RandomForestClassifier(200, min_samples_leaf=5, random_state=5)
model.fit(train[FEATURES], train["kind"])
shares = train["kind"].value_counts(normalize=True)[model.classes_].to_numpy()
chances = model.predict_proba(test[FEATURES]) / shares
test["kind"] = model.classes_[chances.argmax(axis=1)]
test[["id", "kind"]].to_csv("predictions.csv", index=False)
