"""Takes the likeliest class by the shares of live traffic, which is nearly always normal."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
model = RandomForestClassifier(200, random_state=5).fit(train[FEATURES], train["kind"])
test["kind"] = model.predict(test[FEATURES])
test[["id", "kind"]].to_csv("predictions.csv", index=False)
