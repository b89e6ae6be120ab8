"""Repeats rare rows for a forest whose leaves then remember just these rows."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
most = train["kind"].value_counts().max()
train = pd.concat(
    [group.sample(most, replace=True, random_state=5) for _, group in train.groupby("kind")]
)
model = RandomForestClassifier(200, random_state=5).fit(train[FEATURES], train["kind"])
test["kind"] = model.predict(test[FEATURES])
test[["id", "kind"]].to_csv("predictions.csv", index=False)
