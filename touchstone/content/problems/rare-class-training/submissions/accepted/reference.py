import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

FEATURES = ["age", "messages", "rude", "capitals", "amount", "devices", "night", "refunds"]


def model():
    """Every class weighs the same in training, as it does in the review."""
    return make_pipeline(
        FunctionTransformer(np.log1p),
        StandardScaler(),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )


train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
x, held_x, y, held_y = train_test_split(
    train[FEATURES], train["kind"], test_size=0.3, stratify=train["kind"], random_state=5
)
# Balanced accuracy does not depend on how often a class occurs; F1 on these rows would.
print("held out:", balanced_accuracy_score(held_y, model().fit(x, y).predict(held_x)))

fitted = model().fit(train[FEATURES], train["kind"])
test["kind"] = fitted.predict(test[FEATURES])
test[["id", "kind"]].to_csv("predictions.csv", index=False)
