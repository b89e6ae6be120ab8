import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES = ["wait", "turns", "mood", "transfers", "repeats", "amount", "hour", "past"]


def model():
    return make_pipeline(StandardScaler(), LogisticRegression())


train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")

# First the guide: who hardly ever says "complaint" works by another one.
rate = train.groupby("annotator")["complaint"].mean()
usual = rate[rate > rate.median() / 2].index
kept = train[train["annotator"].isin(usual)]

# Then each person against a model that has not seen the label in question.
guess = cross_val_predict(model(), kept[FEATURES], kept["complaint"], cv=5)
agreement = (guess == kept["complaint"]).groupby(kept["annotator"]).mean()
print(pd.DataFrame({"rate": rate, "agreement": agreement}).round(2))
kept = kept[kept["annotator"].isin(agreement[agreement > 0.6].index)]

x, held_x, y, held_y = train_test_split(
    kept[FEATURES], kept["complaint"], test_size=0.25, random_state=11
)
print("held out:", accuracy_score(held_y, model().fit(x, y).predict(held_x)))

fitted = model().fit(kept[FEATURES], kept["complaint"])
test["complaint"] = fitted.predict(test[FEATURES])
test[["id", "complaint"]].to_csv("predictions.csv", index=False)
