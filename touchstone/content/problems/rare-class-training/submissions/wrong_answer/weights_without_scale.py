"""Weighs the classes but leaves features on scales from hundredths to thousands, for a kernel."""

import pandas as pd
from sklearn.svm import SVC

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
model = SVC(class_weight="balanced").fit(train[FEATURES], train["kind"])
test["kind"] = model.predict(test[FEATURES])
test[["id", "kind"]].to_csv("predictions.csv", index=False)
