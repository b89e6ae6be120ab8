import pandas as pd

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
pd.DataFrame({"id": test["id"], "hours": train["hours"].mean()}).to_csv("predictions.csv", index=False)
